import { randomBytes } from 'node:crypto'
import { request as openRequest } from 'node:http'
import { expect, it } from 'vitest'
import { receivedHeader } from './support/origin.ts'
import { useGateway } from './support/use-gateway.ts'
import { ALICE } from './support/users.ts'

const site = useGateway()
const BOUNDARY = '----WebKitFormBoundaryÄ7MA4YWxkTrZu0gW'

/** One request of a browser on a connection of its own; its cookies are kept in `jar`. */
async function navigate(jar: Map<string, string>, path: string, form?: { type: string; body: Buffer }) {
  const headers = {
    'sec-fetch-mode': 'navigate',
    'sec-fetch-site': 'same-origin',
    cookie: [...jar].map((pair) => pair.join('=')).join('; '),
    ...(form
      ? { origin: site.gateway.url, 'content-type': form.type, 'content-length': form.body.length }
      : {}),
  }
  return await new Promise<{ status: number; location: string; text: string }>((resolve, reject) => {
    const method = form ? 'POST' : 'GET'
    const request = openRequest(`${site.gateway.url}${path}`, { method, headers }, async (response) => {
      for (const line of response.headers['set-cookie'] ?? []) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        jar.set(name, value)
      }
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '', text })
    })
    request.on('error', reject)
    request.end(form?.body)
  })
}

it('P25: a multipart form of every byte reaches the origin as it was sent, with its length, and only once', async () => {
  const bytes = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, at) => at)), randomBytes(200_000)])
  const part = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a\u00fc.bin"\r\n\r\n`
  const body = Buffer.concat([Buffer.from(part), bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)])
  // Boundaries are bytes beyond ASCII to some browsers; what is sent on is what came.
  const type = `multipart/form-data; boundary=${Buffer.from(BOUNDARY).toString('latin1')}`
  const jar = new Map<string, string>()
  const received: Buffer[] = []
  site.origin.answer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push(Buffer.concat(chunks))
    response.writeHead(302, { location: `${site.origin.url}/after` }).end()
  })

  const refused = await navigate(jar, '/upload?to=1', { type, body })
  expect(refused.status).toBe(302)
  const page = new URLSearchParams(refused.location.split('?')[1]).get('next') ?? ''
  const login = new URLSearchParams({ identifier: ALICE.email, password: ALICE.password, next: page })
  const urlencoded = 'application/x-www-form-urlencoded'
  const signedIn = await navigate(jar, refused.location, {
    type: urlencoded,
    body: Buffer.from(login.toString()),
  })
  expect(signedIn.location).toBe(page)
  const shown = await navigate(jar, page)
  expect(shown.text).toContain('aü.bin')

  const send = { type: 'text/plain', body: Buffer.from(`edgegate-post=${page.split('=')[1]}\r\n`) }
  const answers = await Promise.all(Array.from({ length: 8 }, () => navigate(jar, '/upload?to=1', send)))
  expect(answers.filter(({ location }) => location === `${site.gateway.url}/after`)).toHaveLength(1)
  expect(answers.filter(({ location }) => location === page)).toHaveLength(7)
  expect(received).toHaveLength(1)
  expect(received[0]?.equals(body)).toBe(true)
  const [request] = site.origin.requests
  expect(request).toMatchObject({ method: 'POST', target: '/upload?to=1' })
  expect(receivedHeader(request, 'content-length')).toEqual([String(body.length)])
  expect(receivedHeader(request, 'content-type')).toEqual([type])
  expect(receivedHeader(request, 'remote-user')).toEqual([ALICE.email])
  expect(receivedHeader(request, 'cookie')).toEqual([])
})
