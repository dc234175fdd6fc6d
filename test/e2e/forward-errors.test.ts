import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { type RawOrigin, startRawOrigin } from './support/origin.ts'
import { freePort } from './support/processes.ts'
import { headerValues, type RawResponse, sendRaw } from './support/raw-http.ts'
import { signIn } from './support/sign-in.ts'
import { ALICE } from './support/users.ts'

const IMPATIENT = new URL('./sites/impatient.ts', import.meta.url)
const NAVIGATION = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const

describe('an origin that misbehaves', () => {
  let origin: RawOrigin
  let gateway: TestGateway
  let cookie: string
  let answer: (socket: Socket) => void

  beforeAll(async () => {
    origin = await startRawOrigin((socket) => answer(socket))
    gateway = await startGateway({ entry: IMPATIENT, origin: origin.url, users: [ALICE] })
    cookie = await signIn(gateway, ALICE)
  })
  afterAll(async () => {
    await gateway?.dispose()
    await origin?.close()
  })

  const ask = (target: string, headers: readonly (readonly [string, string])[] = []) =>
    sendRaw(gateway, { target, headers: [...headers, ['Cookie', cookie]] })

  describe.each(['/public/page', '/page'])('at %s', (target) => {
    it('and closes in the middle of a body of known length never looks complete', async () => {
      answer = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly so much')
      const response = await ask(target)
      expect(response?.complete ?? false).toBe(false)
    })

    it('and closes in the middle of a chunked body never looks complete', async () => {
      answer = (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n9\r\nhal')
      const response = await ask(target)
      expect(response?.complete ?? false).toBe(false)
    })

    it.each([
      ['closes without a word', ''],
      ['talks nonsense', 'SSH-2.0-OpenSSH_9.9\r\n\r\n'],
      ['gives no status', 'HTTP/1.1 hello\r\n\r\n'],
    ])('and %s is a 502', async (_title, bytes) => {
      answer = (socket) => socket.end(bytes)
      await expectProblem(await ask(target), 502)
    })

    it('and does not begin to answer in time is a 504', async () => {
      answer = () => {}
      await expectProblem(await ask(target), 504)
    })

    it('shows people a page, with the request id and without the origin’s address', async () => {
      answer = (socket) => socket.destroy()
      const response = await ask(target, NAVIGATION)
      expect(response?.status).toBe(502)
      expect(response && headerValues(response, 'content-type').join()).toMatch(/text\/html/)
      const page = response?.body.toString() ?? ''
      const logged = JSON.parse(gateway.logs.findLast((line) => line.includes('origin_unreachable')) ?? '{}')
      expect(logged.requestId).toMatch(/^[\w-]{8,}$/)
      expect(page).toContain(logged.requestId)
      expect(page).not.toContain(String(origin.port))
    })

    it('works again as soon as the origin does', async () => {
      answer = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
      expect((await ask(target))?.body.toString()).toBe('ok')
    })
  })

  it('passes the origin’s own errors on as they are', async () => {
    answer = (socket) =>
      socket.end('HTTP/1.1 503 Later\r\nRetry-After: 9\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy')
    const response = await ask('/page')
    expect(response?.status).toBe(503)
    expect(response && headerValues(response, 'retry-after')).toEqual(['9'])
    expect(response?.body.toString()).toBe('busy')
  })
})

describe('an origin that is not there', () => {
  let gateway: TestGateway

  beforeAll(async () => {
    gateway = await startGateway({ entry: IMPATIENT, origin: `http://127.0.0.1:${await freePort()}` })
  })
  afterAll(() => gateway?.dispose())

  it('is a 502', async () => {
    await expectProblem(await sendRaw(gateway, { target: '/public/page' }), 502)
  })

  it('P14: does not change what needs a login', async () => {
    expect((await sendRaw(gateway, { target: '/page' }))?.status).toBe(401)
  })
})

async function expectProblem(response: RawResponse | null, status: 502 | 504): Promise<void> {
  expect(response?.status).toBe(status)
  if (!response) return
  expect(headerValues(response, 'content-type').join()).toMatch(/^application\/problem\+json/)
  const problem = JSON.parse(response.body.toString())
  expect(problem).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+$/) })
  expect(JSON.stringify(problem)).not.toContain('127.0.0.1')
}
