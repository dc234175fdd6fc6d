import { expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { BASE_CONFIG, createWorld } from '../support/world.ts'

const config: Config = {
  ...BASE_CONFIG,
  rules: [
    { path: '/hook/**', methods: ['POST'], access: 'public' },
    { path: '/hook/**', methods: ['GET'], access: { roles: ['admin'] } },
  ],
}

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'])(
  'P3: an upgrade header does not turn %s into a GET that another rule would have refused',
  async (method) => {
    const world = createWorld(config)
    await world.fetch('/hook/x', { method, headers: { upgrade: 'websocket', connection: 'upgrade' } })
    // Only the POST rule is open; what else arrives needs a login.
    expect(world.seen.map((seen) => [seen.method, seen.headers.get('upgrade')])).toEqual(
      method === 'POST' ? [['POST', null]] : [],
    )
  },
)
