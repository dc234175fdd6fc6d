import fc from 'fast-check'
import { decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import type { SessionData } from '../../src/hooks/hooks.ts'
import { type AssertionSubject, createAssertionSigner } from '../../src/token/assertion.ts'
import { createKeyRing } from '../../src/token/signing-keys.ts'
import { ALICE, AUDIENCE, FIRST_SECRET, ISSUER, NOW, secretsFrom, subjectOf, verify } from './support.ts'

const keys = createKeyRing({ secrets: secretsFrom(FIRST_SECRET), purpose: 'assertion', algorithm: 'ES256' })
const signer = createAssertionSigner({ keys, issuer: ISSUER, audience: AUDIENCE })
const published = await keys.published(NOW)

async function claimsOf(changes: Partial<AssertionSubject> = {}): Promise<Record<string, unknown>> {
  return verify(await signer.sign(subjectOf(changes), NOW), published)
}

/** Everything that the gateway states, and what is stated beside it. */
const OURS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'u_alice',
  iat: NOW,
  nbf: NOW,
  exp: NOW + 60,
  auth_time: NOW - 100,
  amr: ['pwd'],
  fresh: true,
  kind: 'user',
  email: 'alice@acme.example',
  email_verified: true,
  name: '佐藤 Alice',
  preferred_username: 'alice',
  roles: ['finance', 'admin'],
}

describe('an assertion', () => {
  test('says who is asking', async () => {
    const { jti, sid, ...rest } = await claimsOf()
    expect(rest).toEqual(OURS)
    expect(jti).toMatch(/^[\w-]{22}$/)
    expect(sid).toMatch(/^[\w-]{22}$/)
  })

  test('leaves out what is not known', async () => {
    const claims = await claimsOf({
      identity: {
        kind: 'guest',
        id: 'g_1',
        email: null,
        emailVerified: false,
        username: null,
        name: null,
        roles: [],
      },
      sessionId: null,
      authenticatedAt: null,
      methods: [],
      fresh: false,
    })
    expect(Object.keys(claims).sort()).toEqual(
      ['amr', 'aud', 'exp', 'fresh', 'iat', 'iss', 'jti', 'kind', 'nbf', 'roles', 'sub'].sort(),
    )
    expect(claims).toMatchObject({ kind: 'guest', fresh: false, amr: [], roles: [] })
  })

  test('names the guest that became the user', async () => {
    expect(await claimsOf({ mergedFrom: 'g_7' })).toMatchObject({ merged_from: 'g_7' })
  })

  test('names the session by a hash that is the same for it and no other, and never by its id', async () => {
    const [one, again, other] = [
      await claimsOf({ sessionId: 's_public_name' }),
      await claimsOf({ sessionId: 's_public_name' }),
      await claimsOf({ sessionId: 's_public_nam' }),
    ]
    expect(one?.sid).toBe(again?.sid)
    expect(one?.sid).not.toBe(other?.sid)
    expect(JSON.stringify(one)).not.toContain('s_public_name')
  })

  test('lives sixty seconds at most, and less if so configured', async () => {
    const token = await createAssertionSigner({
      keys,
      issuer: ISSUER,
      audience: AUDIENCE,
      lifetimeSeconds: 20,
    }).sign(subjectOf(), NOW + 0.9)
    expect(await verify(token, published)).toMatchObject({ iat: NOW, nbf: NOW, exp: NOW + 20 })
    await expect(verify(token, published, { now: NOW + 20 })).rejects.toThrow(/exp/)
    for (const lifetimeSeconds of [0, -1, 61, 1.5, Number.NaN]) {
      expect(() =>
        createAssertionSigner({ keys, issuer: ISSUER, audience: AUDIENCE, lifetimeSeconds }),
      ).toThrow(RangeError)
    }
  })

  test('is never made for nobody, nor without an issuer or audience', async () => {
    await expect(signer.sign(subjectOf({ identity: { ...ALICE, id: '' } }), NOW)).rejects.toThrow(TypeError)
    expect(() => createAssertionSigner({ keys, issuer: '', audience: AUDIENCE })).toThrow(TypeError)
    expect(() => createAssertionSigner({ keys, issuer: ISSUER, audience: '' })).toThrow(TypeError)
  })

  test('is one compact JWS whose header names algorithm, kind and key, and nothing else', async () => {
    const token = await signer.sign(subjectOf(), NOW)
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'ES256',
      typ: 'edgegate-assertion+jwt',
      kid: (await keys.signingKey(NOW)).kid,
    })
  })

  test('is refused once any character of it is changed', async () => {
    const token = await signer.sign(subjectOf(), NOW)
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 2), fc.constantFrom(...'AZaz09-_.'), async (at, letter) => {
        fc.pre(token[at] !== letter)
        await expect(verify(token.slice(0, at) + letter + token.slice(at + 1), published)).rejects.toThrow()
      }),
    )
  })

  test('P10: is for one issuer and one audience', async () => {
    const token = await signer.sign(subjectOf(), NOW)
    await expect(verify(token, published, { audience: 'https://other.example' })).rejects.toThrow(/aud/)
    await expect(verify(token, published, { issuer: 'https://other.example' })).rejects.toThrow(/iss/)
  })

  test('P15: two sites over one key ring never sign for each other', async () => {
    const other = createAssertionSigner({
      keys,
      issuer: 'https://b.example',
      audience: 'https://origin-b.example',
    })
    const tokens = await Promise.all([signer.sign(subjectOf(), NOW), other.sign(subjectOf(), NOW)])
    const accepted = await Promise.all(
      tokens.flatMap((token) =>
        [
          { issuer: ISSUER, audience: AUDIENCE },
          { issuer: 'https://b.example', audience: 'https://origin-b.example' },
          { issuer: ISSUER, audience: 'https://origin-b.example' },
          { issuer: 'https://b.example', audience: AUDIENCE },
        ].map((expected) =>
          verify(token, published, expected).then(
            () => true,
            () => false,
          ),
        ),
      ),
    )
    expect(accepted).toEqual([true, false, false, false, false, true, false, false])
  })
})

describe('the operator’s own claims', () => {
  test('travel beside ours', async () => {
    const claims = { department: 'R&D', 'https://hasura.io/jwt/claims': { 'x-role': ['a', 1, null, true] } }
    expect(await claimsOf({ claims })).toMatchObject({ ...OURS, ...claims })
  })

  const reserved = fc.constantFrom(
    ...Object.keys(OURS),
    'jti',
    'sid',
    'act',
    'cnf',
    'scope',
    'roles_truncated',
    '__proto__',
  )
  const disguised = fc
    .tuple(reserved, fc.infiniteStream(fc.boolean()))
    .map(([name, upper]) =>
      name.replaceAll(/./g, (letter) => (upper.next().value ? letter.toUpperCase() : letter)),
    )
  const anyName = fc.oneof(reserved, disguised, fc.string(), fc.constantFrom('ſub', 'ſid', 'Kind', 'ｓｕｂ'))

  test('P10: never override a reserved one, in any spelling, whatever the visitor is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyName, fc.jsonValue({ maxDepth: 2 })), { maxLength: 12 }),
        fc.boolean(),
        async (entries, known) => {
          const claims = Object.fromEntries(entries) as SessionData
          const identity = known ? ALICE : { ...ALICE, email: null, name: null, username: null }
          const { jti, sid, claims_truncated, ...signed } = await claimsOf({ identity, claims })
          const { email, email_verified, name, preferred_username, ...always } = OURS
          const expected = known ? OURS : always
          expect(signed).toMatchObject(expected)
          expect(jti).toMatch(/^[\w-]{22}$/)
          expect(sid).toMatch(/^[\w-]{22}$/)
          // Nothing that a lenient reader would take for one of ours, but ours.
          const folded = Object.keys(signed).map((key) => key.normalize('NFKC').toLowerCase())
          const names = [...Object.keys(OURS), 'jti', 'sid', 'act', 'cnf', 'scope', '__proto__']
          expect(folded.filter((key) => names.includes(key)).sort()).toEqual(Object.keys(expected).sort())
        },
      ),
      { numRuns: 60 },
    )
  })

  test.each([
    [
      'a cycle',
      () => {
        const cycle: Record<string, unknown> = {}
        cycle.self = cycle
        return cycle
      },
    ],
    ['a BigInt', () => ({ count: 1n })],
    ['a list', () => ['sub', 'evil']],
    ['a text', () => 'sub'],
    ['null', () => null],
  ])('are left out, and that is said, when they are %s', async (_what, make) => {
    expect(await claimsOf({ claims: make() as unknown as SessionData })).toMatchObject({
      ...OURS,
      claims_truncated: true,
    })
  })

  test('are left out, and that is said, when they leave no room', async () => {
    const claims = await claimsOf({ claims: { essay: 'x'.repeat(1200) } })
    expect(claims).toMatchObject({ ...OURS, claims_truncated: true })
    expect(claims).not.toHaveProperty('essay')
  })
})

describe('the size of an assertion', () => {
  test('stays within 2 KiB: the roles that do not fit are left out from the end, and that is said', async () => {
    const roles = Array.from({ length: 400 }, (_, index) => `role-${index}`)
    const token = await signer.sign(subjectOf({ identity: { ...ALICE, roles } }), NOW)
    const claims = await verify(token, published)
    const sent = claims.roles as readonly string[]
    expect(token.length).toBeLessThanOrEqual(2048)
    expect(claims.roles_truncated).toBe(true)
    expect(sent.length).toBeGreaterThan(10)
    expect(sent).toEqual(roles.slice(0, sent.length))
  })

  test('stays within 2 KiB for all roles and claims, and a role is there whole or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 80 }),
        fc.dictionary(fc.string(), fc.string({ maxLength: 200 }), { maxKeys: 12 }),
        async (roles, claims) => {
          const token = await signer.sign(subjectOf({ identity: { ...ALICE, roles }, claims }), NOW)
          const signed = await verify(token, published)
          const sent = signed.roles as readonly string[]
          expect(token.length).toBeLessThanOrEqual(2048)
          expect(sent).toEqual(roles.slice(0, sent.length))
          expect(signed.roles_truncated === true).toBe(sent.length < roles.length)
        },
      ),
      { numRuns: 60 },
    )
  })
})
