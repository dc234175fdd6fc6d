import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAssertionSigner } from '../../src/token/assertion.ts'
import { createKeyRing, type KeyRing } from '../../src/token/signing-keys.ts'
import {
  AUDIENCE,
  FIRST_SECRET,
  ISSUER,
  NOW,
  SECOND_SECRET,
  secretsFrom,
  subjectOf,
  verify,
} from './support.ts'

const DAY = 86_400
const ALGORITHMS = ['ES256', 'EdDSA'] as const

function ringOf(text: string, algorithm: 'ES256' | 'EdDSA' = 'ES256', rotationSeconds = DAY): KeyRing {
  return createKeyRing({ secrets: secretsFrom(text), purpose: 'assertion', algorithm, rotationSeconds })
}

function sign(keys: KeyRing, now: number): Promise<string> {
  return createAssertionSigner({ keys, issuer: ISSUER, audience: AUDIENCE }).sign(subjectOf(), now)
}

async function kidsOf(keys: KeyRing, now: number): Promise<readonly string[]> {
  return (await keys.published(now)).map((jwk) => jwk.kid)
}

describe.each(ALGORITHMS)('%s keys', (algorithm) => {
  test('are the same in every isolate that has the secret', async () => {
    const [one, other] = [ringOf(FIRST_SECRET, algorithm), ringOf(FIRST_SECRET, algorithm)]
    expect((await one.signingKey(NOW)).kid).toBe((await other.signingKey(NOW)).kid)
    expect(await one.published(NOW)).toEqual(await other.published(NOW))
  })

  test('change with the period and only with it', async () => {
    const keys = ringOf(FIRST_SECRET, algorithm)
    const turn = Math.ceil(NOW / DAY) * DAY
    const before = await keys.signingKey(turn - 1)
    expect((await keys.signingKey(turn - DAY)).kid).toBe(before.kid)
    expect((await keys.signingKey(turn)).kid).not.toBe(before.kid)
  })

  test('that sign just before the turn are still published just after it, and in caches from before', async () => {
    const turn = Math.ceil(NOW / DAY) * DAY
    const keys = ringOf(FIRST_SECRET, algorithm)
    const lastOfOld = await sign(keys, turn - 1)
    const firstOfNew = await sign(keys, turn)
    await expect(
      verify(lastOfOld, await keys.published(turn + 30), { now: turn + 30 }),
    ).resolves.toBeDefined()
    await expect(verify(firstOfNew, await keys.published(turn - 1), { now: turn })).resolves.toBeDefined()
  })
})

describe('the published keys', () => {
  test('hold the previous, current and next period of the current secret', async () => {
    const keys = ringOf(FIRST_SECRET)
    const around = await Promise.all(
      [NOW - DAY, NOW, NOW + DAY].map(async (at) => (await keys.signingKey(at)).kid),
    )
    expect(new Set(await kidsOf(keys, NOW))).toEqual(new Set(around))
  })

  test('hold no key that has not signed for a whole period', async () => {
    const keys = ringOf(FIRST_SECRET)
    const { kid } = await keys.signingKey(NOW)
    expect(await kidsOf(keys, NOW + DAY)).toContain(kid)
    expect(await kidsOf(keys, NOW + 2 * DAY)).not.toContain(kid)
  })

  test('verify the old secret’s tokens while it is listed, and not once it is removed', async () => {
    const token = await sign(ringOf(FIRST_SECRET), NOW)
    const rotating = ringOf(`${SECOND_SECRET},${FIRST_SECRET}`)
    await expect(verify(token, await rotating.published(NOW))).resolves.toMatchObject({ sub: 'u_alice' })
    await expect(verify(token, await ringOf(SECOND_SECRET).published(NOW))).rejects.toThrow()
  })

  test('hold nothing of an old secret that it could sign with in future', async () => {
    const { kid } = await ringOf(FIRST_SECRET).signingKey(NOW + DAY)
    expect(await kidsOf(ringOf(`${SECOND_SECRET},${FIRST_SECRET}`), NOW)).not.toContain(kid)
  })

  test('P9: say for each key its one algorithm and use, and hold no private member', async () => {
    for (const algorithm of ALGORITHMS) {
      const members =
        algorithm === 'ES256'
          ? ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']
          : ['alg', 'crv', 'kid', 'kty', 'use', 'x']
      for (const jwk of await ringOf(`${SECOND_SECRET},${FIRST_SECRET}`, algorithm).published(NOW)) {
        expect(Object.keys(jwk).sort()).toEqual(members)
        expect(jwk).toMatchObject({ alg: algorithm, use: 'sig' })
      }
    }
  })
})

test('signs with the current secret only', async () => {
  const both = ringOf(`${SECOND_SECRET},${FIRST_SECRET}`)
  expect((await both.signingKey(NOW)).kid).toBe((await ringOf(SECOND_SECRET).signingKey(NOW)).kid)
})

test('P10: keys come from labels that belong to the assertion and to one algorithm alone', async () => {
  const labels = new Map<string, string>()
  for (const algorithm of ALGORITHMS) {
    const secrets = {
      count: 1,
      derive: (label: string, length: number) => {
        expect(labels.get(label) ?? algorithm).toBe(algorithm)
        labels.set(label, algorithm)
        return secretsFrom(FIRST_SECRET).derive(label, length)
      },
    }
    await createKeyRing({ secrets, purpose: 'assertion', algorithm, rotationSeconds: DAY }).published(NOW)
  }
  expect([...labels.keys()].every((label) => label.startsWith('edgegate/assertion/'))).toBe(true)
})

test('P15: rings of another secret or algorithm share no key, however they are asked', async () => {
  const rings = [
    ringOf(FIRST_SECRET, 'ES256'),
    ringOf(FIRST_SECRET, 'EdDSA'),
    ringOf(SECOND_SECRET, 'ES256'),
    ringOf(SECOND_SECRET, 'EdDSA'),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 8 }),
      async (periods) => {
        for (const period of periods) {
          const kids = await Promise.all(rings.map((ring) => kidsOf(ring, period * DAY)))
          expect(new Set(kids.flat()).size).toBe(kids.flat().length)
        }
      },
    ),
    { numRuns: 10 },
  )
})

test('gives the same keys for a period however many others it was asked for in between', async () => {
  const keys = ringOf(FIRST_SECRET)
  const before = await keys.published(NOW)
  for (let day = 1; day <= 10; day += 1) await keys.published(NOW + day * DAY)
  expect(await keys.published(NOW)).toEqual(before)
})

test('first requests that arrive together all get the same key', async () => {
  const keys = ringOf(FIRST_SECRET)
  const together = await Promise.all([keys.signingKey(NOW), keys.signingKey(NOW), keys.signingKey(NOW)])
  expect(new Set(together.map((signing) => signing.kid)).size).toBe(1)
})

test.each([0, 59, 3600.5, Number.NaN])('refuses a rotation of %d seconds', (rotationSeconds) => {
  expect(() => ringOf(FIRST_SECRET, 'ES256', rotationSeconds)).toThrow(RangeError)
})

test('starts at the beginning of time, and not before', async () => {
  const keys = ringOf(FIRST_SECRET)
  expect(await keys.published(0)).toHaveLength(2)
  await expect(keys.signingKey(-1)).rejects.toThrow(RangeError)
  await expect(keys.signingKey(Number.NaN)).rejects.toThrow(RangeError)
})
