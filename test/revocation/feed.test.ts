import { describe, expect, it } from 'vitest'
import { type ColoFeed, createColoFeed, type SharedFeed } from '../../src/revocation/colo-feed.ts'
import { createFeed, type Feed } from '../../src/revocation/feed.ts'
import type { FeedRow } from '../../src/revocation/revocations.ts'

/** A table of rows that counts who reads it; a clock; and requests that keep what is to go on after their answer. */
function createPlace(boundMs: number | null = 10_000) {
  const clock = { now: 1_000_000 }
  const rows: FeedRow[] = []
  const reads = { count: 0, rows: 0, broken: false }
  const answer = async (some: FeedRow[]) => {
    reads.count++
    reads.rows += some.length
    if (reads.broken) throw new Error('D1 is down')
    return some
  }
  const source = {
    after: (position: number) => answer(rows.filter(({ id }) => id > position)),
    recent: () => answer([...rows]),
  }
  const work: Promise<unknown>[] = []
  const request = { later: (some: Promise<unknown>) => void work.push(some) }
  let shared: SharedFeed | null = null
  const colo: ColoFeed = {
    read: async () => shared,
    write: async (next) => {
      shared = next
    },
  }
  const logs: object[] = []
  return {
    clock,
    reads,
    request,
    logs,
    isolate: (where: ColoFeed | null = null): Feed =>
      createFeed({
        source,
        colo: where,
        boundMs,
        graceMs: 60_000,
        now: () => clock.now,
        log: (line) => void logs.push(line),
      }),
    colo,
    end: (sessionId: string) =>
      rows.push({
        id: rows.length + 1,
        at: clock.now,
        kind: 'end',
        sessionId,
        subjectId: null,
        spared: null,
      }),
    settle: async () => {
      while (work.length > 0) await work.shift()
    },
  }
}
const judged = (id: string) => ({ id, lineage: 'l', subjectId: 'u', family: null, position: 0 })

describe('the age of what an isolate knows', () => {
  it('is nothing at first: the first request waits for a read', async () => {
    const place = createPlace()
    const feed = place.isolate()
    expect(feed.isYoung(place.request)).toBe(false)
    place.end('s')
    await feed.ensure(false, place.request)
    expect([feed.isYoung(place.request), feed.judge(judged('s')), place.reads.count]).toEqual([
      true,
      'ended',
      1,
    ])
  })

  it('up to three seconds nobody reads; then one reads on the side and nobody waits; at the bound everybody waits', async () => {
    const place = createPlace()
    const feed = place.isolate()
    await feed.ensure(false, place.request)
    place.end('s')
    place.clock.now += 2999
    expect(feed.isYoung(place.request)).toBe(true)
    await place.settle()
    expect(place.reads.count).toBe(1)
    place.clock.now += 1
    for (let i = 0; i < 20; i++) expect(feed.isYoung(place.request)).toBe(true)
    expect(feed.judge(judged('s'))).toBe('valid')
    await place.settle()
    expect([place.reads.count, feed.judge(judged('s'))]).toEqual([2, 'ended'])
    place.clock.now += 10_000
    expect(feed.isYoung(place.request)).toBe(false)
  })

  it('requests that all have to wait share one read', async () => {
    const place = createPlace()
    const feed = place.isolate()
    await Promise.all(Array.from({ length: 50 }, () => feed.ensure(false, place.request)))
    expect(place.reads.count).toBe(1)
  })

  it('only new rows are read', async () => {
    const place = createPlace()
    const feed = place.isolate()
    for (let i = 0; i < 100; i++) place.end(`old-${i}`)
    await feed.ensure(false, place.request)
    place.reads.rows = 0
    place.end('new')
    place.clock.now += 10_000
    await feed.ensure(false, place.request)
    expect([place.reads.rows, feed.position]).toEqual([1, 101])
  })

  it.each([1000, 5000, 60_000])('a bound of %i ms is kept', async (bound) => {
    const place = createPlace(bound)
    const feed = place.isolate()
    await feed.ensure(false, place.request)
    place.clock.now += bound - 1
    expect(feed.isYoung(place.request)).toBe(true)
    place.clock.now += 1
    // Nothing has settled: the read on the side has not come back.
    expect(feed.isYoung(place.request)).toBe(false)
  })

  it('a bound that is not wanted reads nothing, and knows what the isolate did itself', async () => {
    const place = createPlace(null)
    const feed = place.isolate()
    place.clock.now += 3_600_000
    await feed.ensure(false, place.request)
    feed.note({ id: 1, at: 0, kind: 'end', sessionId: 's', subjectId: null, spared: null })
    expect([feed.isYoung(place.request), place.reads.count, feed.judge(judged('s'))]).toEqual([
      true,
      0,
      'ended',
    ])
  })
})

describe('P14: a feed that cannot be read', () => {
  it('holds for the grace where a session is known, and at once where it is not', async () => {
    const place = createPlace()
    const feed = place.isolate()
    await feed.ensure(false, place.request)
    place.reads.broken = true
    place.clock.now += 69_999
    await feed.ensure(true, place.request)
    await expect(feed.ensure(false, place.request)).rejects.toMatchObject({ code: 'storage_unavailable' })
    place.clock.now += 1
    await expect(feed.ensure(true, place.request)).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(place.logs[0]).toMatchObject({ event: 'feed.failed', level: 'error' })
    place.reads.broken = false
    place.clock.now += 1000
    await feed.ensure(false, place.request)
  })
})

describe('isolates of one data centre', () => {
  it('read the database together: about once in three seconds, however many they are', async () => {
    const place = createPlace()
    const isolates = Array.from({ length: 40 }, () => place.isolate(place.colo))
    for (const feed of isolates) {
      await feed.ensure(false, place.request)
      await place.settle()
    }
    expect(place.reads.count).toBe(1)
    place.reads.count = 0
    for (let ms = 0; ms < 60_000; ms += 100) {
      place.clock.now += 100
      const feed = isolates[(ms / 100) % isolates.length]
      if (!feed?.isYoung(place.request)) await feed?.ensure(false, place.request)
      await place.settle()
    }
    expect(place.reads.count).toBeLessThanOrEqual(21)
  })

  it('P12: the two ages together stay within the bound', async () => {
    const place = createPlace()
    const [first, second] = [place.isolate(place.colo), place.isolate(place.colo)]
    await first.ensure(false, place.request)
    await place.settle()
    place.end('s')
    place.clock.now += 2900
    // Young for the data centre, and as old as that for the second one.
    await second.ensure(false, place.request)
    expect([place.reads.count, second.judge(judged('s'))]).toEqual([1, 'valid'])
    place.clock.now += 7100
    expect(second.isYoung(place.request)).toBe(false)
  })

  it('one that says it is reading is waited for within the bound, and not beyond it', async () => {
    const place = createPlace()
    const [reader, other] = [place.isolate(place.colo), place.isolate(place.colo)]
    await reader.ensure(false, place.request)
    await other.ensure(false, place.request)
    await place.settle()
    place.clock.now += 4000
    const before = await place.colo.read()
    if (before) await place.colo.write({ ...before, claimedUntil: place.clock.now + 2000 })
    other.isYoung(place.request)
    await place.settle()
    expect(place.reads.count).toBe(1)
    place.clock.now += 6000
    // It never came back.
    if (before) await place.colo.write({ ...before, claimedUntil: place.clock.now + 2000 })
    await other.ensure(false, place.request)
    expect(place.reads.count).toBe(2)
  })

  it('knowledge from a clock that is ahead counts from now', async () => {
    const place = createPlace()
    await place.colo.write({
      asOf: place.clock.now + 3_600_000,
      after: 0,
      rows: [],
      isComplete: true,
      claimedUntil: 0,
    })
    const feed = place.isolate(place.colo)
    await feed.ensure(false, place.request)
    place.clock.now += 10_000
    expect(feed.isYoung(place.request)).toBe(false)
  })

  it('one that lacks rows in between asks the database', async () => {
    const place = createPlace()
    for (let i = 0; i < 1200; i++) place.end(`s${i}`)
    const [first, second] = [place.isolate(place.colo), place.isolate(place.colo)]
    await first.ensure(false, place.request)
    await place.settle()
    await second.ensure(false, place.request)
    expect([place.reads.count, second.judge(judged('s3'))]).toEqual([2, 'ended'])
  })
})

describe('the entry in the Cache API', () => {
  const secretOf = (byte: number) => async () => [new Uint8Array(32).fill(byte)]
  const shared: SharedFeed = { asOf: 7, after: 0, rows: [], isComplete: true, claimedUntil: 0 }

  it('is found by isolates of the same deployment, and by no other', async () => {
    await createColoFeed({ caches, secret: secretOf(1), origins: ['https://a.example'] }).write(shared)
    expect(
      await createColoFeed({ caches, secret: secretOf(1), origins: ['https://a.example'] }).read(),
    ).toEqual(shared)
    expect(
      await createColoFeed({ caches, secret: secretOf(2), origins: ['https://a.example'] }).read(),
    ).toBeNull()
    expect(
      await createColoFeed({ caches, secret: secretOf(1), origins: ['https://b.example'] }).read(),
    ).toBeNull()
  })

  it('P12: is not believed when somebody else wrote it', async () => {
    const entries = new Map<string, Response>()
    const place = {
      open: async () => ({
        match: async (url: string) => entries.get(url)?.clone(),
        put: async (url: string, response: Response) => void entries.set(url, response),
      }),
    } as unknown as Pick<CacheStorage, 'open'>
    const colo = createColoFeed({ caches: place, secret: secretOf(1), origins: ['https://a.example'] })
    await colo.write(shared)
    const [[url, response] = []] = entries
    const bytes = new Uint8Array((await response?.clone().arrayBuffer()) ?? [])
    for (const at of [0, 31, 32, bytes.length - 2]) {
      const forged = bytes.slice()
      forged[at] = (forged[at] ?? 0) ^ 1
      entries.set(url ?? '', new Response(forged))
      expect(await colo.read()).toBeNull()
    }
    entries.set(url ?? '', new Response(bytes))
    expect(await colo.read()).toEqual(shared)
  })

  it('that cannot be reached is as good as none', async () => {
    const broken = { open: () => Promise.reject(new Error('no caches here')) }
    const colo = createColoFeed({ caches: broken, secret: secretOf(1), origins: ['https://a.example'] })
    await colo.write(shared)
    expect(await colo.read()).toBeNull()
  })
})
