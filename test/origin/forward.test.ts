import { afterEach, describe, expect, it, vi } from 'vitest'
import { forward, type Onward, OriginFault } from '../../src/origin/forward.ts'
import { addressAt, type OriginTarget } from '../../src/origin/target.ts'
import { addUser, BASE_CONFIG, createWorld, NAVIGATION, signInAs } from '../support/world.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function onward(request: Request): Onward {
  return { address: request.url, request, headers: new Headers(request.headers) }
}

describe('an origin that fails', () => {
  it('answers 502 when it cannot be reached, without saying why', async () => {
    const world = createWorld()
    world.respond = () => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:8080')
    }
    const response = await world.fetch('/public/x', { headers: { accept: 'application/json' } })
    expect(response.status).toBe(502)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json\b/)
    const problem = await response.text()
    expect(JSON.parse(problem)).toMatchObject({ status: 502, code: 'origin_unreachable' })
    expect(problem).not.toContain('10.0.0.7')
    expect(world.logs).toMatchObject([{ event: 'fault', code: 'origin_unreachable' }])
  })

  it('answers 502 in a page where a person is looking', async () => {
    const world = createWorld()
    await addUser({ id: 'user_fail', email: 'fail@site.example' })
    const cookies = await signInAs(world, 'fail@site.example')
    world.respond = () => Promise.reject(new TypeError('Network connection lost.'))
    const response = await world.fetch('/app', { headers: NAVIGATION, cookies })
    expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8'])
    expect(response.headers.get('cache-control')).toContain('no-store')
    expect(await response.text()).not.toContain('Network connection lost')
  })

  it('answers 504 when it says nothing for as long as it may', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const world = createWorld({ ...BASE_CONFIG, origin: { service: 'ORIGIN', timeout: '5s' } })
    const asked = Promise.withResolvers<void>()
    world.respond = (request) => {
      asked.resolve()
      return new Promise((_, reject) => {
        request.signal.addEventListener('abort', () => reject(request.signal.reason))
      })
    }
    const answer = world.fetch('/public/x')
    await asked.promise
    await vi.advanceTimersByTimeAsync(4999)
    expect(world.logs).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    const response = await answer
    expect([response.status, await response.json()]).toMatchObject([504, { code: 'origin_timeout' }])
  })

  it('may take its time once the answer has begun', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const world = createWorld({ ...BASE_CONFIG, origin: { service: 'ORIGIN', timeout: '5s' } })
    world.respond = (request) => {
      // What `fetch` does to a body when its signal fires.
      request.signal.addEventListener('abort', () => void writer.abort(request.signal.reason))
      return new Response(readable)
    }
    const response = await world.fetch('/public/x')
    await vi.advanceTimersByTimeAsync(60_000)
    void writer.write(new TextEncoder().encode('late'))
    void writer.close()
    expect(await response.text()).toBe('late')
  })

  it('is a fault with its cause', async () => {
    const cause = new Error('no route')
    const target: OriginTarget = {
      kind: 'service',
      fetcher: { fetch: () => Promise.reject(cause) } as unknown as Fetcher,
    }
    const sent = forward(target, onward(new Request('https://app.example/x')), {
      timeoutMs: 1000,
      noStore: false,
    })
    const fault = await sent.catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(OriginFault)
    expect(fault).toMatchObject({ code: 'origin_unreachable', cause })
  })
})

describe('what is sent on', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY'])('%s with its body', async (method) => {
    const world = createWorld()
    await world.fetch('/public/x', { method, body: 'some text' })
    expect(world.seen).toMatchObject([{ method, body: 'some text' }])
  })

  it.each(['GET', 'HEAD', 'OPTIONS', 'DELETE'])('%s without one', async (method) => {
    const world = createWorld()
    await world.fetch('/public/x', { method })
    expect(world.seen).toMatchObject([{ method, body: '' }])
  })

  it('a body as it comes, part by part', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const parts: string[] = []
    const fetcher = {
      async fetch(onward: Request) {
        const reader = (onward.body as ReadableStream<Uint8Array>)
          .pipeThrough(new TextDecoderStream())
          .getReader()
        void writer.write(new TextEncoder().encode('one'))
        parts.push((await reader.read()).value ?? '')
        // Only now does the visitor send the rest: nothing has waited for the whole.
        void writer.write(new TextEncoder().encode('two'))
        void writer.close()
        parts.push((await reader.read()).value ?? '')
        return new Response('read')
      },
    } as unknown as Fetcher
    const request = new Request('https://app.example/upload', { method: 'POST', body: readable })
    const options = { timeoutMs: 60_000, noStore: true }
    await forward({ kind: 'service', fetcher }, onward(request), options)
    expect(parts).toEqual(['one', 'two'])
  })

  it.each([301, 302, 303, 307, 308])(
    'a redirect %d goes back to the browser and is not followed',
    async (status) => {
      const world = createWorld()
      world.respond = () =>
        new Response(null, { status, headers: { location: 'https://elsewhere.example/' } })
      const response = await world.fetch('/public/x')
      expect([response.status, response.headers.get('location')]).toEqual([
        status,
        'https://elsewhere.example/',
      ])
      expect(world.seen).toHaveLength(1)
    },
  )

  it.each([
    ['past every shared cache with an identity', true, { cacheTtl: -1, cacheLevel: 'bypass' }],
    ['as it comes without one', false, undefined],
  ])('%s', async (_, noStore, cf) => {
    const inits: RequestInit[] = []
    vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
      inits.push(init)
      return new Response('page')
    })
    const target: OriginTarget = { kind: 'url', origin: 'https://origin.example' }
    await forward(target, onward(new Request('https://app.example/x')), { timeoutMs: 1000, noStore })
    expect(inits).toMatchObject([{ redirect: 'manual' }])
    expect(inits[0]?.cf).toEqual(cf)
    // It would tell the origin `Cache-Control: no-cache`, and Express would never answer 304 again.
    expect(inits[0]?.cache).toBeUndefined()
  })

  it.each([
    ['//evil.example/x', 'https://origin.example//evil.example/x'],
    ['/\\evil.example', 'https://origin.example//evil.example'],
    ['/@evil.example/', 'https://origin.example/@evil.example/'],
    ['/a%2F..%2Fb?x=%zz#part', 'https://origin.example/a%2F..%2Fb?x=%zz'],
    ['/https://evil.example', 'https://origin.example/https://evil.example'],
    ['/.evil.example:80', 'https://origin.example/.evil.example:80'],
    ['/?', 'https://origin.example/'],
  ])('%s never leaves the origin', (path, address) => {
    const target: OriginTarget = { kind: 'url', origin: 'https://origin.example' }
    const url = new URL(`https://app.example${path}`)
    expect(addressAt(target, url)).toBe(address)
    expect(new URL(address).host).toBe('origin.example')
  })
})
