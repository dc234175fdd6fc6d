import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import type { Env } from '../../src/services.ts'
import { BASE_CONFIG, createWorld } from '../support/world.ts'
import { spellingsOf } from './names.ts'

const VALUE = 'K7w2m9Qx4Vt8Zb3Nc6Rf1Hj5Ld0Sg-Ya'
const CONFIG: Config = {
  ...BASE_CONFIG,
  origin: { url: 'https://origin.example', secret: { header: 'X-Origin-Secret', variable: 'ORIGIN_SECRET' } },
}
const variables = (value: string) => ({ ORIGIN_SECRET: value }) as Partial<Env>

let sent: Headers[]
beforeEach(() => {
  sent = []
  vi.stubGlobal('fetch', async (input: RequestInfo, init?: RequestInit) => {
    sent.push(new Request(input, init).headers)
    return new Response('page')
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('the secret that an origin knows the gateway by', () => {
  it('goes with every request, whoever asks', async () => {
    const world = createWorld(CONFIG, variables(VALUE))
    expect((await world.fetch('/public/x')).status).toBe(200)
    expect((await world.fetch('/optional/x')).status).toBe(200)
    expect(sent.map((headers) => headers.get('x-origin-secret'))).toEqual([VALUE, VALUE])
  })

  it('P5: no spelling of its name passes from a visitor', async () => {
    const world = createWorld(CONFIG, variables(VALUE))
    for (const name of spellingsOf('X-Origin-Secret')) {
      await world.fetch('/public/x', { headers: { [name]: 'guess' } })
    }
    expect(sent.length).toBeGreaterThan(3)
    for (const headers of sent) expect([...headers.values()]).not.toContain('guess')
  })

  it.each(['', 'too short', `${VALUE}\n`, 'ä'.repeat(40)])(
    'P14: with a value such as %j nothing is served, and the log says which variable',
    async (value) => {
      const world = createWorld(CONFIG, variables(value))
      expect((await world.fetch('/public/x')).status).toBe(500)
      expect(sent).toEqual([])
      expect(JSON.stringify(world.logs)).toContain('ORIGIN_SECRET')
    },
  )

  it('P22: appears in no log and in no answer', async () => {
    const world = createWorld(CONFIG, variables(VALUE))
    const answer = await world.fetch('/public/x')
    expect(await answer.text()).not.toContain(VALUE)
    expect(JSON.stringify([...answer.headers])).not.toContain(VALUE)
    expect(JSON.stringify(world.logs)).not.toContain(VALUE)
  })
})
