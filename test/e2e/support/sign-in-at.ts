import { request } from 'node:http'
import type { TestGateway } from './gateway.ts'
import type { TestUser } from './users.ts'

/** Signs in by API at a host of the gateway's that is not the address it listens on, and gives the status. */
export function signInAt(
  { port }: TestGateway,
  host: string,
  { email, password }: TestUser,
): Promise<number> {
  const body = JSON.stringify({ identifier: email, password })
  const headers = { host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', method: 'POST', path: '/auth/api/login', headers })
    asked.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
