import { expect, it } from 'vitest'
import schema from '../../schema.sql?raw'
import { addUser, BASE_CONFIG, createWorld, Jar, NAVIGATION, signInAs } from '../support/world.ts'
import { api } from './support.ts'

/** Tables that name an account, and where their rows are in what its owner takes along; `null`: only secrets, or gone in minutes. */
const TOLD: Readonly<Record<string, string | null>> = {
  user: 'account',
  session: 'sessions',
  remember_family: 'sessions',
  refresh_family: 'programs',
  api_key: 'apiKeys',
  passkey: 'secondFactors',
  totp: 'secondFactors',
  factor_code: null,
  trusted_device: 'trustedDevices',
  guest_merge: 'guests',
  audit: 'events',
  deletion: 'account',
  revocation: null,
  recovery_code: null,
  pending_sign_in: null,
  mfa_grace: null,
  mail: null,
  notice: null,
  proof: null,
  kept_post: null,
  handoff: null,
}

it('every table that names an account is told, or is left out for a reason', () => {
  const tables = [...schema.matchAll(/CREATE TABLE (\w+) \(([\s\S]*?)\n\)/g)]
  const naming = tables.filter(
    ([, name, columns = '']) => name === 'user' || /\b(?:user|subject)_id\b/.test(columns),
  )
  expect(naming.length).toBeGreaterThan(10)
  expect(naming.map(([, name = '']) => name).filter((name) => !(name in TOLD))).toEqual([])
})

it('has what hooks keep, keys and guests, with instants that people can read, and no secret', async () => {
  await addUser({ email: 'taker@example.com', name: 'Taker' })
  const world = createWorld({
    ...BASE_CONFIG,
    hooks: { onLogin: ({ context }) => context.session.setData({ cart: ['boat'] }) },
  })
  const guest = await world.fetch('/cart/', { headers: NAVIGATION })
  const cookies = await signInAs(world, 'taker@example.com', {
    cookies: new Jar().take(guest),
    remember: true,
  })
  const made = await api(world, 'POST', '/auth/api/keys', cookies, { name: 'Backup' })
  const secret = ((await made.json()) as { key?: string }).key ?? 'no key was made'
  const answer = await api(world, 'GET', '/auth/api/account/data', cookies)
  const text = await answer.text()
  for (const value of [...cookies.cookies.values(), secret, 'argon2']) expect(text).not.toContain(value)
  const data = JSON.parse(text)
  for (const place of new Set(Object.values(TOLD))) if (place) expect(data).toHaveProperty(place)
  expect(data).toMatchObject({
    exportedAt: '2026-11-23T12:00:00.000Z',
    account: { email: 'taker@example.com', name: 'Taker', hasPassword: true, language: null },
    sessionData: { cart: ['boat'] },
    sessions: [{ current: true, remembered: true }],
    apiKeys: [{ name: 'Backup', createdAt: '2026-11-23T12:00:00.000Z' }],
    guests: [{ guestId: expect.stringMatching(/^guest_/), mergedAt: '2026-11-23T12:00:00.000Z' }],
    events: expect.arrayContaining([
      expect.objectContaining({ event: 'session.started', at: '2026-11-23T12:00:00.000Z' }),
    ]),
  })
})
