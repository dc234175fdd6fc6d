import { describe, expect, it } from 'vitest'
import { approve, begin, device, finish, signedIn } from '../handoff/support.ts'
import { codeOf, codeOfProblem, enrolApp, giveCode, givePassword, post } from '../support/second-factor.ts'
import { addUser, createWorld, Jar, PASSWORD, signInAs } from '../support/world.ts'

const STEP_MS = 30_000

async function somebody(roles: readonly string[] = []): Promise<string> {
  const email = `ann-${crypto.randomUUID()}@example.com`
  await addUser({ email, roles })
  return email
}

describe('P8: signing in from another device', () => {
  it('passes the same gate, and a code does not make it fresh', async () => {
    const world = createWorld()
    const email = await somebody()
    const phone = await signedIn(world, email)
    const begun = await phone.api('factors/app', {})
    const { setup, secret } = begun.body as { setup: string; secret: string }
    await phone.api('factors/app/confirm', { setup, code: codeOf(secret, world.clock.now), name: 'Phone' })
    world.clock.now += STEP_MS

    const waiting = device(world)
    await approve(phone, await begin(waiting))
    const finished = await finish(waiting)
    expect(finished.location).toBe('/auth/mfa')
    expect(await waiting.session()).toMatchObject({ authenticated: false })
    const done = await waiting.post({ way: 'totp', code: codeOf(secret, world.clock.now) }, '/auth/mfa')
    expect(done.location).toBe('/members/x')
    expect(await waiting.session()).toMatchObject({
      authenticated: true,
      session: { mfa: true, fresh: false, methods: ['handoff', 'otp', 'mfa'] },
    })
  })
})

describe('P8: what a session may hand on', () => {
  it.each(['/auth/api/keys', '/auth/api/factors/recovery-codes', '/auth/api/factors/app'])(
    'an account with a second factor shows it before %s',
    async (path) => {
      const world = createWorld()
      const email = await somebody()
      const jar = await signInAs(world, email)
      const { seed } = await enrolApp(world, jar)
      world.clock.now += 3_600_000
      jar.take(await world.fetch('/auth/api/reauth', post({ password: PASSWORD }, jar)))
      const refused = await world.fetch(path, post({}, jar))
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toContain('acr_values="mfa"')
      await giveCode(world, jar, codeOf(seed, world.clock.now))
      expect((await world.fetch(path, post({}, jar))).status).not.toBe(401)
    },
  )
})

describe('an owner who has lost everything', () => {
  it('gets in again once an administrator has taken the factors off, who has shown one', async () => {
    const world = createWorld()
    const [email, admin] = [await somebody(), await somebody(['admin'])]
    const owner = await signInAs(world, email)
    await enrolApp(world, owner)
    const root = await signInAs(world, admin)
    const { user } = (await (await world.fetch('/auth/api/session', { cookies: owner })).json()) as {
      user: { id: string }
    }
    const path = `/auth/api/admin/users/${user.id}/actions`
    const { seed } = await enrolApp(world, root)
    world.clock.now += 3_600_000
    root.take(await world.fetch('/auth/api/reauth', post({ password: PASSWORD }, root)))
    expect((await world.fetch(path, post({ action: 'reset_factors' }, root))).status).toBe(401)
    await giveCode(world, root, codeOf(seed, world.clock.now))
    expect((await world.fetch(path, post({ action: 'reset_factors' }, root))).status).toBeLessThan(300)
    expect((await world.fetch('/x', { cookies: owner })).status).toBe(401)
    expect((await givePassword(world, email, new Jar())).status).toBe(200)
  })

  it('P8: and must set up another at once where one is demanded', async () => {
    const world = createWorld()
    const [email, admin] = [await somebody(), await somebody(['admin'])]
    const owner = await signInAs(world, email)
    await enrolApp(world, owner)
    const { user } = (await (await world.fetch('/auth/api/session', { cookies: owner })).json()) as {
      user: { id: string }
    }
    const root = await signInAs(world, admin)
    await world.fetch(`/auth/api/admin/users/${user.id}/actions`, post({ action: 'reset_factors' }, root))
    const strict = createWorld(
      {
        site: { name: 'Example', url: 'https://app.example' },
        origin: { service: 'ORIGIN' },
        mfa: { policy: 'required', grace: '7d' },
      },
      {},
      { clock: world.clock },
    )
    const response = await givePassword(strict, email, new Jar())
    expect(await codeOfProblem(response)).toBe('second_factor_required')
  })
})
