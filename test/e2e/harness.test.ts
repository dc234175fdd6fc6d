import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { type RecordingOrigin, receivedHeader, startOrigin } from './support/origin.ts'
import { headerValues, sendRaw } from './support/raw-http.ts'

/** What the other tests here rely on: that the harness shows the runtime as it is, with nothing in between. */
describe('the harness', () => {
  let origin: RecordingOrigin
  let gateway: TestGateway

  beforeAll(async () => {
    origin = await startOrigin()
    gateway = await startGateway({
      entry: new URL('./sites/pass-through.ts', import.meta.url),
      bindings: { ORIGIN: origin.url },
    })
  })
  afterAll(async () => {
    await gateway?.dispose()
    await origin?.close()
  })
  beforeEach(() => origin.reset())

  it('hands the raw request target to the Worker: nobody has normalised it before', async () => {
    const response = await sendRaw(gateway, { target: '/a/../b//c;d%2fe?x=%2e' })
    expect(response?.status).toBe(200)
    expect(gateway.logs.at(-1)).toContain(`${gateway.url}/a/../b//c;d%2fe?x=%2e`)
    expect(origin.requests[0]?.target).toBe('/b//c;d%2fe?x=%2e')
  })

  it('shows the header bytes that reached the origin, odd names included', async () => {
    await sendRaw(gateway, {
      target: '/',
      headers: [
        ['Remote_User', 'a'],
        ['x-twice', '1'],
        ['x-twice', '2'],
      ],
    })
    const [request] = origin.requests
    expect(receivedHeader(request, 'remote_user')).toEqual(['a'])
    expect(receivedHeader(request, 'x-twice').join(', ')).toBe('1, 2')
  })

  it('reads a response as it came over the wire', async () => {
    origin.answer((_request, response) => {
      response.writeHead(
        201,
        [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ].flat(),
      )
      response.write('one ')
      response.end('two')
    })
    const response = await sendRaw(gateway, { target: '/' })
    expect(response).toMatchObject({ status: 201, complete: true })
    expect(headerValues(response ?? { headers: [] }, 'set-cookie')).toEqual(['a=1', 'b=2'])
    expect(response?.body.toString()).toBe('one two')
  })

  it('has the tables of the migrations, and a way to look into both stores', async () => {
    const table = await gateway.d1.prepare("SELECT name FROM sqlite_schema WHERE name = 'user'").first('name')
    expect(table).toBe('user')
    await gateway.kv.put('key', 'value')
    expect(await gateway.kv.get('key')).toBe('value')
    expect(gateway.residentBytes()).toBeGreaterThan(1_000_000)
  })
})
