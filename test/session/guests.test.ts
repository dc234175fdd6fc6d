import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Hooks, SessionData } from '../../src/hooks/hooks.ts'
import { hashToken, newToken } from '../../src/session/token.ts'
import { createInvitations } from '../../src/user/invitations.ts'
import { meanwhile } from '../support/meanwhile.ts'
import { addUser, BASE_CONFIG, createWorld, Jar, NAVIGATION, signInAs, type World } from '../support/world.ts'

const PASSWORD = 'seven quiet ladders under clouds'
const SCRIPT = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' }
const PICTURE = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'same-origin' }

type MergeEvent = Parameters<NonNullable<Hooks['onMerge']>>[0]

/** A site that keeps a cart with the guest's session. */
const CART: Hooks = {
  claims: async (identity, { session }) => {
    if (identity.kind === 'guest' && !session.data?.cart) await session.setData({ cart: ['boat'] })
    return { cart: session.data?.cart ?? null }
  },
}

async function becomeGuest(world: World): Promise<{ cookies: Jar; id: string }> {
  const cookies = new Jar().take(await world.fetch('/cart/', { headers: NAVIGATION }))
  return { cookies, id: String(lastClaims(world).sub) }
}

function lastClaims(world: World) {
  return decodeJwt(world.seen.at(-1)?.headers.get('x-auth-assertion') ?? '')
}

function mergesSeen(world: World): readonly unknown[] {
  return world.seen
    .map(({ headers }) => headers.get('x-auth-assertion'))
    .flatMap((assertion) => (assertion ? [decodeJwt(assertion).merged_from] : []))
    .filter((guest) => guest !== undefined)
}

async function register(world: World, email: string, cookies: Jar): Promise<Response> {
  const token = newToken()
  await createInvitations(env.DB)
    .invite(await hashToken(token), { email, name: null, roles: [], expiresAt: world.clock.now + 60_000 }, 0)
    .run()
  return await world.fetch('/auth/api/register', {
    method: 'POST',
    cookies,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invitation: token, password: PASSWORD }),
  })
}

describe('a guest who makes an account', () => {
  it('P11: keeps id and data under a new token; the guest is no more', async () => {
    const world = createWorld({ ...BASE_CONFIG, hooks: CART })
    const { cookies, id } = await becomeGuest(world)
    const before = cookies.copy()
    const made = await register(world, 'promoted@example.com', cookies)
    expect(await made.clone().json()).toMatchObject({
      user: { id, kind: 'user', email: 'promoted@example.com' },
    })
    cookies.take(made)
    expect(cookies.cookies.get('__Host-edgegate')).not.toBe(before.cookies.get('__Host-edgegate'))
    await world.fetch('/members/', { headers: NAVIGATION, cookies })
    expect(lastClaims(world)).toMatchObject({ sub: id, kind: 'user', cart: ['boat'] })
    expect(mergesSeen(world)).toEqual([])
    world.clock.now += 11_000
    await world.fetch('/cart/', { headers: NAVIGATION, cookies: before })
    expect(lastClaims(world).sub).not.toBe(id)
    const again = await signInWith(world, 'promoted@example.com')
    await world.fetch('/members/', { headers: NAVIGATION, cookies: again })
    expect(lastClaims(world)).toMatchObject({ sub: id, cart: null })
  })

  it('P26: the id is that of the session, and an account’s for good: a second account gets another', async () => {
    const world = createWorld()
    const { cookies, id } = await becomeGuest(world)
    const copy = cookies.copy()
    const first = await register(world, 'first@example.com', cookies)
    expect(await first.json()).toMatchObject({ user: { id } })
    const second = await register(world, 'second@example.com', copy)
    const { user } = (await second.json()) as { user: { id: string } }
    expect([second.status, user.id === id, user.id.startsWith('user_')]).toEqual([201, false, true])
    const forged = await world.fetch('/auth/api/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ invitation: newToken(), password: PASSWORD, id: 'guest_mine' }),
    })
    expect(forged.status).toBe(400)
  })
})

describe('a guest who signs in to an account', () => {
  it('is named to the site once, in the next page or call, and not in a picture', async () => {
    const id = await addUser({ email: 'merge@example.com' })
    const world = createWorld({ ...BASE_CONFIG, hooks: CART })
    const guest = await becomeGuest(world)
    const cookies = await signInAs(world, 'merge@example.com', { cookies: guest.cookies })
    await world.fetch('/optional/logo', { headers: PICTURE, cookies })
    await world.fetch('/public/page', { headers: NAVIGATION, cookies })
    expect(mergesSeen(world)).toEqual([])
    await world.fetch('/optional/page', { headers: NAVIGATION, cookies })
    expect(lastClaims(world)).toMatchObject({ sub: id, kind: 'user', merged_from: guest.id, cart: null })
    for (let i = 0; i < 3; i++) await world.fetch('/members/', { headers: SCRIPT, cookies })
    expect(mergesSeen(world)).toEqual([guest.id])
    // Nor by another isolate, nor after the sign-in was confirmed.
    const elsewhere = createWorld()
    await elsewhere.fetch('/members/', { headers: NAVIGATION, cookies })
    expect(mergesSeen(elsewhere)).toEqual([])
  })

  it('P25: of fifty requests at the same time exactly one tells', async () => {
    await addUser({ email: 'fifty@example.com' })
    const world = createWorld()
    const guest = await becomeGuest(world)
    const cookies = await signInAs(world, 'fifty@example.com', { cookies: guest.cookies })
    const others = [createWorld(), createWorld()]
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        ([world, ...others][i % 3] ?? world).fetch('/members/', { headers: SCRIPT, cookies }),
      ),
    )
    expect([world, ...others].flatMap(mergesSeen)).toEqual([guest.id])
  })

  it.each(['an error', 'nothing'])('is named again when the site has answered %s', async (what) => {
    const email = `again-${what.length}@example.com`
    await addUser({ email })
    const world = createWorld()
    const guest = await becomeGuest(world)
    const cookies = await signInAs(world, email, { cookies: guest.cookies })
    world.respond = () => {
      if (what === 'nothing') throw new Error('connection refused')
      return new Response('starting', { status: 503 })
    }
    expect([502, 503]).toContain((await world.fetch('/members/', { headers: NAVIGATION, cookies })).status)
    world.respond = () => new Response('page')
    await world.fetch('/members/', { headers: NAVIGATION, cookies })
    await world.fetch('/members/', { headers: NAVIGATION, cookies })
    expect(mergesSeen(world)).toEqual([guest.id, guest.id])
  })

  it('the hook hears of it once, with the guest’s data, and may keep some', async () => {
    const id = await addUser({ email: 'hook@example.com' })
    const heard: unknown[] = []
    const config = {
      ...BASE_CONFIG,
      hooks: {
        ...CART,
        onMerge: async ({ guestId, data, identity, context }: MergeEvent) => {
          heard.push({ guestId, data, id: identity.id })
          await context.session.setData({ cart: [...((data as { cart: string[] }).cart ?? []), 'kept'] })
        },
      },
    }
    const world = createWorld(config)
    const guest = await becomeGuest(world)
    const [quick, slow] = [guest.cookies.copy(), guest.cookies]
    // Two forms sent at once: the other one is through just before this one writes.
    const db = meanwhile(/INSERT INTO guest_merge/, async () => {
      await signInAs(world, 'hook@example.com', { cookies: quick })
    })
    await signInAs(createWorld(config, { DB: db }), 'hook@example.com', { cookies: slow })
    const browsers = [quick, slow]
    expect(heard).toEqual([{ guestId: guest.id, data: { cart: ['boat'] }, id }])
    const carts: unknown[] = []
    for (const cookies of browsers) {
      await world.fetch('/members/', { headers: NAVIGATION, cookies })
      carts.push(lastClaims(world).cart)
    }
    expect(carts.filter((cart) => cart !== null)).toEqual([['boat', 'kept']])
    expect(mergesSeen(world)).toEqual([guest.id])
  })

  it('a hook that throws keeps nobody out', async () => {
    await addUser({ email: 'throws@example.com' })
    const onMerge = () => {
      throw new Error('no')
    }
    const world = createWorld({ ...BASE_CONFIG, hooks: { onMerge } })
    const guest = await becomeGuest(world)
    const cookies = await signInAs(world, 'throws@example.com', { cookies: guest.cookies })
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies })).status).toBe(200)
    expect(world.logs.map(({ event }) => event)).toContain('hook.failed')
  })

  it('with the database away the page is served, and the site hears of it later', async () => {
    await addUser({ email: 'half@example.com' })
    const world = createWorld()
    const guest = await becomeGuest(world)
    const cookies = await signInAs(world, 'half@example.com', { cookies: guest.cookies })
    world.broken.d1 = true
    expect((await world.fetch('/members/', { headers: NAVIGATION, cookies })).status).toBe(200)
    world.broken.d1 = false
    expect(mergesSeen(world)).toEqual([])
    await world.fetch('/members/', { headers: NAVIGATION, cookies })
    expect(mergesSeen(world)).toEqual([guest.id])
  })
})

describe('guests that never come back', () => {
  it('are forgotten by KV once they have idled away', async () => {
    const written: { key: string; ttl: number }[] = []
    const kv = {
      get: (...args: [string]) => env.SESSIONS.get(...args),
      put: (key: string, value: string, options: { expirationTtl: number }) => {
        written.push({ key, ttl: options.expirationTtl })
        return env.SESSIONS.put(key, value, options)
      },
    } as unknown as KVNamespace
    await createWorld(BASE_CONFIG, {}, { kv }).fetch('/cart/', { headers: NAVIGATION })
    expect(written.map(({ ttl }) => ttl)).toEqual([12 * 3600])
  })

  it('and by the daily job in D1, with the notes of merges', async () => {
    await addUser({ email: 'job@example.com' })
    const world = createWorld({ ...BASE_CONFIG, session: { store: 'd1' } })
    await signInAs(world, 'job@example.com', { cookies: (await becomeGuest(world)).cookies })
    const { id } = await becomeGuest(world)
    const count = async (sql: string) => await env.DB.prepare(sql).bind(id).first<number>('n')
    const guests = 'SELECT count(*) AS n FROM session WHERE subject_id = ?1'
    expect(await count(guests)).toBe(1)
    world.clock.now += 13 * 3_600_000
    await world.scheduled()
    expect(await count(guests)).toBe(0)
    world.clock.now += 40 * 86_400_000
    await world.scheduled()
    expect(await count('SELECT count(*) AS n FROM guest_merge WHERE guest_id <> ?1')).toBe(0)
  })
})

async function signInWith(world: World, identifier: string): Promise<Jar> {
  const answer = await world.fetch('/auth/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier, password: PASSWORD } satisfies SessionData),
  })
  return new Jar().take(answer)
}
