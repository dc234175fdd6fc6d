import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { NO_FACTORS } from '../../src/factor/summary.ts'
import type { Visit } from '../../src/http/visit.ts'
import type { Argon2Params } from '../../src/password/argon2.ts'
import { createPasswordHasher, PARAMS } from '../../src/password/hash.ts'
import { verifyPassword } from '../../src/password/verify.ts'
import type { Services } from '../../src/services.ts'
import type { User } from '../../src/user/user.ts'
import { createUsers } from '../../src/user/users.ts'
import { addUser, createWorld, PASSWORD, signInAs } from '../support/world.ts'

afterEach(() => vi.useRealTimers())

const ADA: User = {
  id: 'user_ada',
  kind: 'user',
  email: 'ada@site.example',
  emailVerified: true,
  username: null,
  name: null,
  roles: [],
  passwordHash: null,
  passwordChangedAt: 0,
  disabledAt: null,
  disabledReason: null,
  createdAt: 0,
  language: null,
  deleteAt: null,
  position: 0,
  factors: NO_FACTORS,
}

/** The answer, and every hash that was computed for it. */
async function check(user: User | null, password: string, makeHash = true) {
  const calls: Argon2Params[] = []
  const argon2 = async (bytes: Uint8Array, _salt: Uint8Array, params: Argon2Params) => {
    calls.push(params)
    return new Uint8Array(params.tagBytes).fill(bytes[0] ?? 0)
  }
  const hasher = createPasswordHasher({ argon2, peppers: [new Uint8Array(32)] })
  const passwordHash = makeHash ? await hasher.hash(PASSWORD) : (user?.passwordHash ?? null)
  calls.length = 0
  const later: Promise<unknown>[] = []
  const visit = { later: (work: Promise<unknown>) => later.push(work) } as unknown as Visit
  const services = {
    hasher: async () => hasher,
    users: { renewPasswordHash: () => ({ run: async () => undefined }) },
  } as unknown as Services
  const result = await verifyPassword(services, visit, user && { ...user, passwordHash }, password)
  const before = calls.length
  await Promise.all(later)
  return { result, calls: calls.slice(0, before), renewed: later.length > 0 }
}

describe('P17: every answer costs the same hash', () => {
  it.each([
    ['right', ADA, PASSWORD, true, 'right'],
    ['a wrong password', ADA, 'not the password at all', true, 'wrong'],
    ['nobody by that name', null, PASSWORD, true, 'wrong'],
    ['an account without a password', ADA, PASSWORD, false, 'wrong'],
    ['a disabled account', { ...ADA, disabledAt: 1 }, PASSWORD, true, 'wrong'],
    ['a disabled account and a wrong password', { ...ADA, disabledAt: 1 }, 'not it', true, 'wrong'],
    ['a hash that was damaged', { ...ADA, passwordHash: '$argon2id$v=19$m=1' }, PASSWORD, false, 'wrong'],
    ['a hash of a lost pepper', { ...ADA, passwordHash: lost() }, PASSWORD, false, 'wrong'],
    [
      'a hash that would cost too much',
      { ...ADA, passwordHash: `$2b$13$${'a'.repeat(53)}` },
      PASSWORD,
      false,
      'wrong',
    ],
  ] as const)('%s', async (_, user, password, makeHash, kind) => {
    const { result, calls } = await check(user, password, makeHash)
    expect(result.kind).toBe(kind)
    expect(calls).toEqual([PARAMS])
  })

  it('a disabled account is not let in, nor its hash renewed', async () => {
    const { result, renewed } = await check({ ...ADA, disabledAt: 1 }, PASSWORD)
    expect([result, renewed]).toEqual([{ kind: 'wrong', reason: 'disabled' }, false])
  })

  it.each(['a'.repeat(1_000_000), `${'🔑'.repeat(1025)}`, '\ud83d'.repeat(20)])(
    'nobody pays for a password that nobody can have (%#)',
    async (password) => {
      for (const user of [ADA, null]) {
        const { result, calls } = await check(user, password)
        expect([result.kind, calls]).toEqual(['wrong', []])
      }
    },
  )
})

function lost(): string {
  return `$argon2id$v=19$m=19456,t=2,p=1,keyid=AAAAAAAA$${'A'.repeat(22)}$${'A'.repeat(43)}`
}

const OLD = 'an-old-secret-of-more-than-thirty-two-bytes-0000'
const NEW = 'a-new-secret-of-more-than-thirty-two-bytes-11111'

async function storedHash(id: string): Promise<string> {
  return (await createUsers(env.DB).findById(id))?.passwordHash ?? ''
}

describe('a hash is renewed at sign-in', () => {
  it('from the command line: it gets the pepper', async () => {
    const id = await addUser({ email: 'renew@site.example' })
    const before = await storedHash(id)
    const world = createWorld()
    await signInAs(world, 'renew@site.example')
    const renewed = await storedHash(id)
    expect([before.includes('keyid='), renewed.includes('keyid=')]).toEqual([false, true])
    await signInAs(world, 'renew@site.example')
    expect(await storedHash(id)).toBe(renewed)
  })

  it('when the secret is rotated: afterwards the old secret can go', async () => {
    const id = await addUser({ email: 'rotate@site.example' })
    const signIn = (secret: string) =>
      signInAs(createWorld(undefined, { EDGEGATE_SECRET: secret }), 'rotate@site.example')
    await signIn(OLD)
    const old = await storedHash(id)
    await expect(signIn(NEW)).rejects.toThrow('401')
    expect(await storedHash(id)).toBe(old)
    await signIn(`${NEW},${OLD}`)
    expect(await storedHash(id)).not.toBe(old)
    await signIn(NEW)
    await expect(signIn(OLD)).rejects.toThrow('401')
  })

  it('not by a wrong password', async () => {
    const id = await addUser({ email: 'wrong@site.example' })
    const before = await storedHash(id)
    await logIn(createWorld(), 'wrong@site.example', `${PASSWORD}!`)
    expect(await storedHash(id)).toBe(before)
  })
})

function logIn(
  world: ReturnType<typeof createWorld>,
  identifier: string,
  password: string,
): Promise<Response> {
  return world.fetch('/auth/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier, password }),
  })
}

it('P17: more sign-ins than can be hashed get 503 with Retry-After, whoever they name; the others their answer', async () => {
  // One account among strangers: few tries each, so that no limit of attempts speaks first.
  await addUser({ email: 'busy0@site.example' })
  const world = createWorld()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const full = Promise.withResolvers<void>()
  const refused: Response[] = []
  const answers = Array.from({ length: 12 }, async (_, index) => {
    const response = await logIn(world, `busy${index}@site.example`, 'not it')
    if (response.status === 503 && refused.push(response) === 4) full.resolve()
    return response
  })
  await full.promise
  await vi.runAllTimersAsync()
  const statuses = (await Promise.all(answers)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 401)).toHaveLength(8)
  for (const response of refused) {
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await response.json()).toMatchObject({ status: 503, code: 'busy' })
    expect(response.headers.getSetCookie()).toEqual([])
  }
})

it.each([
  ['a megabyte', 'a'.repeat(1_000_000), 413],
  ['5,000 characters', 'a'.repeat(5000), 400],
  ['nothing', '', 400],
  ['a NUL', `${PASSWORD}\0`, 401],
  ['a space more', `${PASSWORD} `, 401],
  ['other letters of the same look', PASSWORD.replace('a', '\u0430'), 401],
])('a password of %s signs nobody in', async (_, password, status) => {
  await addUser({ email: 'exact@site.example' })
  const response = await logIn(createWorld(), 'exact@site.example', password)
  expect([response.status, response.headers.getSetCookie()]).toEqual([status, []])
})
