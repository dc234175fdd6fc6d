import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { createD1Store } from '../../src/session/d1-store.ts'
import { createKvStore } from '../../src/session/kv-store.ts'
import type { SessionOwner } from '../../src/session/store.ts'

const HOUR = 3_600_000
const owner = (subjectId: string, sessionId: string, listed = true): SessionOwner => ({
  subjectId,
  sessionId,
  listed,
})

describe.each([
  ['kv', (now: () => number) => createKvStore(env.SESSIONS, now)],
  ['d1', (now: () => number) => createD1Store(env.DB, now)],
] as const)('a session store in %s', (name, create) => {
  const clock = { now: Date.now() }
  const store = create(() => clock.now)
  const id = (text: string) => `${name}-${text}`

  it('knows nothing that was not written', async () => {
    expect(await store.read(id('unknown'))).toBeNull()
    expect(await store.list(id('nobody'))).toEqual([])
  })

  it('gives back what was written last', async () => {
    await store.write(id('a'), 'one', owner(id('ada'), 's1'), clock.now + HOUR)
    await store.write(id('a'), 'two', owner(id('ada'), 's1'), clock.now + HOUR)
    expect(await store.read(id('a'))).toBe('two')
  })

  it('forgets what was removed, and removing twice is fine', async () => {
    await store.write(id('b'), 'x', owner(id('bob'), 's1'), clock.now + HOUR)
    await store.remove(id('b'), owner(id('bob'), 's1'))
    await store.remove(id('b'), owner(id('bob'), 's1'))
    expect(await store.read(id('b'))).toBeNull()
    expect(await store.list(id('bob'))).toEqual([])
  })

  it('lists the sessions of one user and nobody else, more than a page of them', async () => {
    for (let i = 0; i < 30; i++)
      await store.write(id(`c${i}`), `r${i}`, owner(id('cleo'), `s${i}`), clock.now + HOUR)
    await store.write(id('d'), 'other', owner(id('cleopatra'), 's'), clock.now + HOUR)
    const records = (await store.list(id('cleo'))).map(({ record }) => record)
    expect(records.sort()).toEqual(Array.from({ length: 30 }, (_, i) => `r${i}`).sort())
  })

  it('lists a session once, also after it got a new token', async () => {
    await store.write(id('e1'), 'old', owner(id('eve'), 's'), clock.now + HOUR)
    await store.write(id('e2'), 'new', owner(id('eve'), 's'), clock.now + HOUR)
    await store.remove(id('e1'), owner(id('eve'), 's', false))
    expect(await store.list(id('eve'))).toEqual([{ tokenHash: id('e2'), record: 'new' }])
  })

  it('takes a session that ends within a minute', async () => {
    await store.write(id('f'), 'short', owner(id('fay'), 's'), clock.now + 1000)
    expect(await store.read(id('f'))).toBe('short')
  })

  it('is not confused by names that look like patterns', async () => {
    const subjects = ['%', '_', '*', "'; DROP TABLE session; --", '../x']
    for (const [index, subject] of subjects.entries()) {
      await store.write(id(`g${index}`), subject, owner(subject, 's'), clock.now + HOUR)
      expect((await store.list(subject)).map(({ record }) => record)).toContain(subject)
    }
  })
})

it('KV takes one write a second to a key: the second one waits for its turn', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  let refusals = 1
  const kv = {
    ...env.SESSIONS,
    put: async (...args: Parameters<KVNamespace['put']>) => {
      if (refusals-- > 0) throw new Error('KV PUT failed: 429 Too Many Requests')
      await env.SESSIONS.put(...args)
    },
    get: (key: string) => env.SESSIONS.get(key),
  } as unknown as KVNamespace
  const store = createKvStore(kv, Date.now)
  const written = store.write('twice', 'text', owner('zoe', 's', false), Date.now() + HOUR)
  await vi.advanceTimersByTimeAsync(1100)
  await written
  vi.useRealTimers()
  expect(await store.read('twice')).toBe('text')
})
