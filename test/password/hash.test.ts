import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Argon2Params } from '../../src/password/argon2.ts'
import { createWasmArgon2id } from '../../src/password/argon2-wasm.ts'
import { createPasswordHasher, HasherBusy, PARAMS } from '../../src/password/hash.ts'

const real = createWasmArgon2id()
const pepper = (byte: number) => new Uint8Array(32).fill(byte)
const OLD = pepper(1)
const NEW = pepper(2)
const PHRASE = 'tall purple window sings quietly'
const WRONG = { ok: false, rehash: false }

/** The real thing with little memory, counted. */
function counting() {
  const calls: { readonly bytes: number; readonly params: Argon2Params }[] = []
  const argon2 = async (password: Uint8Array, salt: Uint8Array, params: Argon2Params) => {
    calls.push({ bytes: password.length, params })
    return real(password, salt, { ...params, memoryKib: 8 * params.parallelism, iterations: 1 })
  }
  return { calls, argon2 }
}

const cheap = (peppers: readonly Uint8Array[] = [NEW]) =>
  createPasswordHasher({ argon2: counting().argon2, peppers })

describe('a stored hash', () => {
  it('is PHC text with the parameters, a random salt and the name of the pepper', async () => {
    const hasher = createPasswordHasher({ argon2: real, peppers: [NEW] })
    const stored = await hasher.hash(PHRASE)
    expect(stored).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=[A-Za-z0-9+/]{8}\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    )
    expect(await hasher.hash(PHRASE)).not.toBe(stored)
    expect(await hasher.verify(PHRASE, stored)).toEqual({ ok: true, rehash: false })
    expect(await hasher.verify(`${PHRASE}!`, stored)).toEqual(WRONG)
  })

  it('made by another stack, without a pepper, verifies and is renewed', async () => {
    // argon2Sync of Node: message 'пароль 🔑 ключ от дома', m=19456, t=2, p=1.
    const stored =
      '$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$asTJlR/xhhLCI8BnzGrGwW1rakrgexUrPli1F7GJ1Io'
    const hasher = createPasswordHasher({ argon2: real, peppers: [NEW] })
    expect(await hasher.verify('пароль 🔑 ключ от дома', stored)).toEqual({ ok: true, rehash: true })
    expect(await hasher.verify('пароль 🔑 ключ от дом', stored)).toEqual(WRONG)
  })

  it('made on the command line, where there is no pepper, is not renewed there', async () => {
    const hasher = cheap([])
    expect(await hasher.verify(PHRASE, await hasher.hash(PHRASE))).toEqual({ ok: true, rehash: false })
  })

  it('of other parameters verifies and is renewed', async () => {
    // Reference implementation, test.c: password, somesalt, t=2, m=256, p=2.
    const stored = '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'
    const hasher = createPasswordHasher({ argon2: real, peppers: [] })
    expect(await hasher.verify('password', stored)).toEqual({ ok: true, rehash: true })
  })
})

describe('peppers', () => {
  it('rotate: the previous one still verifies and asks for renewal', async () => {
    const stored = await cheap([OLD]).hash(PHRASE)
    expect(await cheap([NEW, OLD]).verify(PHRASE, stored)).toEqual({ ok: true, rehash: true })
    expect(await cheap([NEW, OLD]).verify('another phrase altogether', stored)).toEqual(WRONG)
    expect(await cheap([OLD, NEW]).verify(PHRASE, stored)).toEqual({ ok: true, rehash: false })
  })

  it('are needed: who has the database alone cannot verify a guess', async () => {
    const stored = await cheap([OLD]).hash(PHRASE)
    expect(await cheap([NEW]).verify(PHRASE, stored)).toEqual(WRONG)
    expect(await cheap([]).verify(PHRASE, stored)).toEqual(WRONG)
    expect(await cheap([NEW]).verify(PHRASE, stored.replace(/,keyid=[^$]+/, ''))).toEqual(WRONG)
  })
})

describe('every character counts', () => {
  it.each([
    ['the last of 128 characters', `Zq1${'xy4 '.repeat(31)}e`, `Zq1${'xy4 '.repeat(31)}f`],
    ['the 73rd byte, where bcrypt stops', `${'k'.repeat(72)}a`, `${'k'.repeat(72)}b`],
    ['a trailing space', `${PHRASE} `, PHRASE],
    ['a leading space', ` ${PHRASE}`, PHRASE],
    ['capitals', PHRASE, PHRASE.toUpperCase()],
    ['what follows a NUL', 'tall purple\0window', 'tall purple\0meadow'],
    ['a NUL at the end', `${PHRASE}\0`, PHRASE],
    ['the last of 128 four-byte characters', `${'🔑'.repeat(127)}🌊`, `${'🔑'.repeat(127)}🌋`],
    ['the last of 1,024 four-byte characters', `${'🔑'.repeat(1023)}🌊`, `${'🔑'.repeat(1023)}🌋`],
    ['compatibility characters', 'area of 20 m² and more', 'area of 20 m2 and more'],
  ])('%s', async (_, password, other) => {
    for (const peppers of [[NEW], []]) {
      const hasher = cheap(peppers)
      const stored = await hasher.hash(password)
      expect((await hasher.verify(password, stored)).ok).toBe(true)
      expect((await hasher.verify(other, stored)).ok).toBe(false)
    }
  })

  it('but a letter may be composed or not, as keyboards differ', async () => {
    const stored = await cheap().hash('caf\u00e9 au lait chaud')
    expect((await cheap().verify('cafe\u0301 au lait chaud', stored)).ok).toBe(true)
  })

  it('for any two passwords', async () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(texts, texts, async (a, b) => {
        const stored = await cheap().hash(a)
        expect((await cheap().verify(b, stored)).ok).toBe(a.normalize('NFC') === b.normalize('NFC'))
      }),
      { numRuns: 30 },
    )
  })
})

describe('what is not hashed', () => {
  it.each([
    ['a megabyte', 'a'.repeat(1_000_000)],
    ['1,025 characters', 'a'.repeat(1025)],
    ['half a surrogate pair', `${PHRASE}\ud83d`],
  ])('%s', async (_, password) => {
    const { argon2, calls } = counting()
    const hasher = createPasswordHasher({ argon2, peppers: [NEW] })
    const stored = await hasher.hash(PHRASE)
    calls.length = 0
    await expect(hasher.hash(password)).rejects.toThrow(RangeError)
    expect(await hasher.verify(password, stored)).toEqual(WRONG)
    await hasher.verifyDummy(password)
    expect(calls).toEqual([])
  })

  it('half surrogates never pass for each other', async () => {
    const stored = await cheap().hash(`${PHRASE}\ufffd`)
    expect(await cheap().verify(`${PHRASE}\ud83d`, stored)).toEqual(WRONG)
  })
})

const TAIL = '$c29tZXNhbHRzYWx0$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'

describe('a stored text that is not a hash of ours', () => {
  it.each([
    '',
    'plaintext',
    PHRASE,
    '$2b$13$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
    `$argon2i$v=19$m=19456,t=2,p=1${TAIL}`,
    `$argon2id$v=16$m=19456,t=2,p=1${TAIL}`,
    `$argon2id$v=19$m=65537,t=2,p=1${TAIL}`,
    `$argon2id$v=19$m=999999,t=2,p=1${TAIL}`,
    `$argon2id$v=19$m=19456,t=11,p=1${TAIL}`,
    `$argon2id$v=19$m=19456,t=0,p=1${TAIL}`,
    `$argon2id$v=19$m=19456,t=2,p=5${TAIL}`,
    `$argon2id$v=19$m=19456,t=2,p=0${TAIL}`,
    `$argon2id$v=19$m=7,t=2,p=1${TAIL}`,
    `$argon2id$v=19$m=1e5,t=2,p=1${TAIL}`,
    `$argon2id$v=19$m=19456,t=2,p=1,keyid=AAAAAAAA${TAIL}`,
    `$argon2id$v=19$m=19456,t=2,p=1$short$${'A'.repeat(43)}`,
    `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$`,
    `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(21)}$${'A'.repeat(43)}`,
    `$argon2id$v=19$m=19456,t=2,p=1${TAIL}\n`,
  ])('P17: %j is a wrong password at the everyday price', async (stored) => {
    const { argon2, calls } = counting()
    expect(await createPasswordHasher({ argon2, peppers: [NEW] }).verify(PHRASE, stored)).toEqual(WRONG)
    expect(calls.map(({ params }) => params)).toEqual([PARAMS])
  })

  it('P2: never throws, and never costs more than the bounds, whatever is stored', async () => {
    const number = fc.integer({ min: 0, max: 100_000 })
    const hashLike = fc
      .tuple(number, number, number, fc.base64String(), fc.base64String())
      .map(([m, t, p, salt, tag]) => `$argon2id$v=19$m=${m},t=${t % 20},p=${p % 9}$${salt}$${tag}`)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), hashLike), async (stored) => {
        const { argon2, calls } = counting()
        expect(await createPasswordHasher({ argon2, peppers: [NEW] }).verify(PHRASE, stored)).toEqual(WRONG)
        for (const { params } of calls) {
          expect(params.memoryKib).toBeLessThanOrEqual(65_536)
          expect(params.iterations).toBeLessThanOrEqual(10)
          expect(params.parallelism).toBeLessThanOrEqual(4)
        }
      }),
    )
  })
})

it('P17: an unknown account costs the hash that a known one does', async () => {
  const { argon2, calls } = counting()
  const hasher = createPasswordHasher({ argon2, peppers: [NEW, OLD] })
  const stored = await hasher.hash(PHRASE)
  const costs = []
  for (const work of [
    () => hasher.verify('a wrong one', stored),
    () => hasher.verify(PHRASE, stored),
    () => hasher.verifyDummy('a wrong one'),
  ]) {
    calls.length = 0
    await work()
    costs.push([...calls])
  }
  expect(costs[0]).toEqual([{ bytes: 32, params: PARAMS }])
  expect(costs[1]).toEqual(costs[0])
  expect(costs[2]).toEqual(costs[0])
})

describe('many at once', () => {
  it('refuses what would wait behind eight others, and recovers', async () => {
    const { argon2, calls } = counting()
    const hasher = createPasswordHasher({ argon2, peppers: [NEW] })
    const stored = await hasher.hash(PHRASE)
    calls.length = 0
    const settled = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 ? hasher.verify(PHRASE, stored) : hasher.verifyDummy(PHRASE),
      ),
    )
    const refused = settled.filter((result) => result.status === 'rejected')
    expect(refused).toHaveLength(12)
    for (const { reason } of refused) expect(reason).toBeInstanceOf(HasherBusy)
    expect(calls).toHaveLength(8)
    expect((await hasher.verify(PHRASE, stored)).ok).toBe(true)
  })

  it('a hash that fails gives its place back', async () => {
    let broken = true
    const { argon2 } = counting()
    const hasher = createPasswordHasher({
      argon2: async (...args) => {
        if (broken) throw new Error('out of memory')
        return argon2(...args)
      },
      peppers: [],
      maxWaiting: 1,
    })
    await expect(hasher.hash(PHRASE)).rejects.toThrow('out of memory')
    broken = false
    expect(await hasher.hash(PHRASE)).toContain('$argon2id$')
  })
})
