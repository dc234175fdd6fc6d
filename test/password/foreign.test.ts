import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWasmArgon2id } from '../../src/password/argon2-wasm.ts'
import { parseForeignHash } from '../../src/password/foreign/foreign-hash.ts'
import { createPasswordHasher } from '../../src/password/hash.ts'

const PHRASE = 'correct gate opens quietly'
const ACCENTS = 'pässwörd – mit Ümlaut'

/** Made by the libraries themselves: Werkzeug 3 and 2.2, Django 3.2, python-bcrypt 3.2. */
const HASHES = [
  [
    'Werkzeug scrypt',
    PHRASE,
    'scrypt:32768:8:1$fUON0ixMACcgqXHr$8d45e44436b241010aae10d0133af9273d428914ef0c69f20e1a13a10545170ce8142b0cff63154136b35db81db4010ee2f631b311425acc3e265ba5ec2150c2',
  ],
  [
    'Werkzeug pbkdf2 at the most that the platform computes itself',
    PHRASE,
    'pbkdf2:sha256:100000$WaIA5xDVeuW9NzTD$a42b2ea6e2d09c4236a3b3bfbcf41bbebc4a159f7666960e71abd557a96e4a51',
  ],
  [
    'Werkzeug pbkdf2 above it, SHA-512',
    PHRASE,
    'pbkdf2:sha512:100001$G96QDkd5MLtLiuPJ$aff9a9e6a1e267497c4c4d5d65502d7146e32062d00fbe2ac43579f67226b918f7035ed211fb6312c19491f5842904c3ffc5c687599a1891d777979cccd0d5d3',
  ],
  [
    'Werkzeug pbkdf2, SHA-1',
    PHRASE,
    'pbkdf2:sha1:1000$UGssdudu3kCD8pnM$13edb5f11cb9ed94e04a3196121ca688df5a3a62',
  ],
  [
    'Werkzeug pbkdf2 of more than ASCII',
    ACCENTS,
    'pbkdf2:sha256:1000$N3lKuKsjCGpiLNMV$8dcf40a36d7dd9c4fa3e8477e21c68b4a740aa58972e6ae33af91a4970501927',
  ],
  [
    'Django pbkdf2',
    PHRASE,
    'pbkdf2_sha256$260000$A23iqIqeI38GFekrSTKkmS$2FuZguUSwVl5ukxSNmdea9KV/vyrNi9eFblBxcwD8Uc=',
  ],
  ['Django pbkdf2, SHA-1', ACCENTS, 'pbkdf2_sha1$260000$saltsaltsalt12$yBhPCZgrqIpNtPLEYsGIGzMMvA4='],
  ['bcrypt', PHRASE, '$2b$08$tT24ZQQpjXPDld7lQ7M0t.Zg3xNOa7cWRLA7qXuKyS8RBUgz.E1U6'],
] as const

const TOO_COSTLY = [
  '$2b$13$tT24ZQQpjXPDld7lQ7M0t.Zg3xNOa7cWRLA7qXuKyS8RBUgz.E1U6',
  '$2b$31$tT24ZQQpjXPDld7lQ7M0t.Zg3xNOa7cWRLA7qXuKyS8RBUgz.E1U6',
  `scrypt:131072:8:1$salt$${'0'.repeat(128)}`,
  `scrypt:32768:8:5$salt$${'0'.repeat(128)}`,
  `scrypt:32767:8:1$salt$${'0'.repeat(128)}`,
  `scrypt:0:8:1$salt$${'0'.repeat(128)}`,
  `pbkdf2:sha256:1200001$salt$${'0'.repeat(64)}`,
  `pbkdf2:sha256:0$salt$${'0'.repeat(64)}`,
  `pbkdf2:sha256:1000$salt$${'0'.repeat(62)}`,
  `pbkdf2:md5:1000$salt$${'0'.repeat(40)}`,
]

afterEach(() => vi.restoreAllMocks())

// Seconds of computing each, more where others compute, too.
describe("another system's hash", { timeout: 60_000 }, () => {
  it.each(HASHES)(
    '%s accepts its password and no other, and is to be renewed',
    async (_, password, stored) => {
      const hasher = createPasswordHasher({ argon2: createWasmArgon2id(), peppers: [] })
      expect(await hasher.verify(password, stored)).toEqual({ ok: true, rehash: true })
      expect(await hasher.verify(`${password}.`, stored)).toEqual({ ok: false, rehash: false })
    },
  )

  it.each(TOO_COSTLY)('%s could stop an isolate and is none', (stored) => {
    expect(parseForeignHash(stored)).toBeNull()
  })

  it('never asks the platform for more iterations than it grants in production', async () => {
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle)
    vi.spyOn(crypto.subtle, 'deriveBits').mockImplementation((async (
      algorithm: { iterations: number },
      ...more: [CryptoKey, number]
    ) => {
      if (algorithm.iterations > 100_000)
        throw new DOMException('iteration counts above 100000', 'NotSupportedError')
      return await derive(algorithm as never, ...more)
    }) as never)
    for (const [, password, stored] of HASHES)
      expect(await parseForeignHash(stored)?.verify(password)).toBe(true)
  })

  it('a password with a NUL is none to bcrypt, where libraries disagree on what follows', async () => {
    expect(await parseForeignHash(HASHES.at(-1)?.[2] ?? '')?.verify(`${PHRASE}\0more`)).toBe(false)
  })

  it('P2: any text is a hash or it is not, and is never thrown about', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^(scrypt|pbkdf2):[\w:]{1,20}\$\w{1,8}\$[0-9a-f]{1,130}$/)),
        (text) => {
          parseForeignHash(text)
        },
      ),
    )
  })
})
