import { describe, expect, it } from 'vitest'
import { createBreachCheck } from '../../src/password/breached.ts'

const URL = 'https://range.example/range/'
// SHA-1 of "password" is 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8.
const SUFFIX = '1E4C9B93F3F0682250B6CF8331B7EE68FD8'

function world(respond: (request: Request) => Response | Promise<Response>, url = URL) {
  const seen: Request[] = []
  const logs: object[] = []
  const isBreached = createBreachCheck({
    url,
    log: (line) => void logs.push(line),
    timeoutMs: 20,
    fetch: async (address, init) => {
      const request = new Request(address, init)
      seen.push(request)
      return respond(request)
    },
  })
  return { seen, logs, isBreached }
}

const answer = (body: string) => () => new Response(body)

describe('asking', () => {
  it('sends five characters of the hash, asks for padding, and nothing more', async () => {
    const { seen, isBreached } = world(
      answer(`0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n${SUFFIX}:9545824\r\n`),
    )
    expect(await isBreached('password')).toBe(true)
    const [request] = seen
    expect(request?.url).toBe(`${URL}5BAA6`)
    expect(request?.method).toBe('GET')
    expect(request?.body).toBeNull()
    expect(request?.headers.get('add-padding')).toBe('true')
    expect(seen).toHaveLength(1)
  })

  it('takes an address without the last slash and lower-case answers', async () => {
    const { seen, isBreached } = world(answer(`${SUFFIX.toLowerCase()}:3`), URL.slice(0, -1))
    expect(await isBreached('password')).toBe(true)
    expect(seen[0]?.url).toBe(`${URL}5BAA6`)
  })

  it.each([
    ['other hashes', '0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2'],
    ['padding, which counts 0', `${SUFFIX}:0\r\n`],
    ['nothing', ''],
    ['a longer suffix', `${SUFFIX}0:5`],
  ])('does not find a password in %s', async (_, body) => {
    const { isBreached, logs } = world(answer(body))
    expect(await isBreached('password')).toBe(false)
    expect(logs).toEqual([])
  })
})

/** A body that goes on for ever. */
function endless(chunk: string): { body: ReadableStream<Uint8Array>; sent: () => number } {
  let sent = 0
  const bytes = new TextEncoder().encode(chunk)
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += bytes.length
      controller.enqueue(bytes)
    },
  })
  return { body, sent: () => sent }
}

describe('P23, P22: an API that misbehaves lets the password pass, with one line in the log that holds no part of it', () => {
  it.each<[string, (request: Request) => Response | Promise<Response>]>([
    ['answers 500', () => new Response(`${SUFFIX}:1`, { status: 500 })],
    ['answers 429', () => new Response('slow down', { status: 429 })],
    ['redirects', () => new Response(null, { status: 302, headers: { location: 'https://other.example/' } })],
    ['cannot be reached', () => Promise.reject(new TypeError(`fetch failed: ${URL}5BAA6`))],
    [
      'never answers',
      (request) =>
        new Promise((_, reject) =>
          request.signal.addEventListener('abort', () => reject(request.signal.reason)),
        ),
    ],
    [
      'stops in the middle',
      () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) })),
    ],
    ['never stops', () => new Response(endless(`${SUFFIX}:1\n`.repeat(1000)).body)],
  ])('%s', async (_, respond) => {
    const { isBreached, logs } = world(respond)
    expect(await isBreached('password')).toBe(false)
    expect(logs).toHaveLength(1)
    expect(logs[0]).toMatchObject({ level: 'warn', event: 'password.breach_check_failed' })
    expect(JSON.stringify(logs).replace('password.breach_check_failed', '')).not.toMatch(
      /password|5BAA6|1E4C9/i,
    )
  })

  it('stops reading where the limit is', async () => {
    const { body, sent } = endless('x'.repeat(65_536))
    await world(() => new Response(body)).isBreached('password')
    expect(sent()).toBeLessThan(1_000_000)
  })
})
