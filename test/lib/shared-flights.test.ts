import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSharedFlights } from '../../src/lib/shared-flights.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('shared work', () => {
  it('is done once for all who ask while it is under way, and again afterwards', async () => {
    const share = createSharedFlights<number>()
    let times = 0
    const work = async () => {
      await Promise.resolve()
      return ++times
    }
    expect(await Promise.all([share('a', work), share('a', work), share('b', work)])).toEqual([1, 1, 2])
    expect(await share('a', work)).toBe(3)
  })

  it('that fails, fails for all of them, and leaves nothing behind', async () => {
    const share = createSharedFlights<number>()
    const fail = () => Promise.reject(new Error('away'))
    const outcomes = await Promise.allSettled([share('a', fail), share('a', fail)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await share('a', async () => 1)).toBe(1)
  })

  it('of somebody who never reports back is done by who waits for it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const share = createSharedFlights<number>()
    void share('a', () => new Promise(() => {}))
    const second = share('a', async () => 2)
    await vi.advanceTimersByTimeAsync(999)
    await vi.advanceTimersByTimeAsync(1)
    expect(await second).toBe(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that was given up is not waited for again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const share = createSharedFlights<number>()
    void share('a', () => new Promise(() => {}))
    vi.setSystemTime(Date.now() + 1000)
    expect(await share('a', async () => 2)).toBe(2)
  })
})
