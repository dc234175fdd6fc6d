import { describe, expect, it } from 'vitest'
import { once } from '../../src/lib/once.ts'

describe('once', () => {
  it('computes on the first call and remembers', async () => {
    let calls = 0
    const get = once(async () => ++calls)
    expect(calls).toBe(0)
    expect([await get(), await get(), await get()]).toEqual([1, 1, 1])
  })

  it('remembers undefined, null and false as well', async () => {
    for (const value of [undefined, null, false, 0, '']) {
      let calls = 0
      const get = once(async () => {
        calls++
        return value
      })
      await get()
      expect([await get(), calls]).toEqual([value, 1])
    }
  })

  it('a failure is not remembered: the next call tries again', async () => {
    let calls = 0
    const get = once(async () => {
      calls++
      if (calls === 1) throw new Error('not yet')
      return calls
    })
    await expect(get()).rejects.toThrow('not yet')
    expect(await get()).toBe(2)
    expect(await get()).toBe(2)
  })

  it('calls that overlap never wait for one another, and all later ones agree', async () => {
    const waiting: ((value: string) => void)[] = []
    const get = once(() => new Promise<string>((resolve) => void waiting.push(resolve)))
    const [first, second] = [get(), get()]
    waiting[1]?.('second')
    expect(await second).toBe('second')
    waiting[0]?.('first')
    await first
    expect(await get()).toBe(await get())
    expect(waiting).toHaveLength(2)
  })
})
