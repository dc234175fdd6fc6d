import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { createWorld } from '../support/world.ts'

const statusOf = async (world = createWorld()) => (await world.fetch('/auth/health')).status

it('is well while the storage answers, also before the first account', async () => {
  expect(await statusOf()).toBe(200)
})

it.each(['kv', 'd1'] as const)('is not with %s away', async (storage) => {
  const world = createWorld()
  world.broken[storage] = true
  expect(await statusOf(world)).toBe(503)
})

it('is not on a database without tables: the migrations have been forgotten', async () => {
  await env.DB.exec('ALTER TABLE user RENAME TO elsewhere')
  try {
    expect(await statusOf()).toBe(503)
  } finally {
    await env.DB.exec('ALTER TABLE elsewhere RENAME TO user')
  }
})
