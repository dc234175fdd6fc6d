import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cleanName,
  isRoleName,
  normalizeEmail,
  normalizeIdentifier,
  normalizeUsername,
} from '../../src/user/identifier.ts'

describe('an e-mail address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    [' ADA@Example.COM ', 'ada@example.com'],
    ['\u00a0ada@example.com\u3000', 'ada@example.com'],
    ['ada+list@example.com', 'ada+list@example.com'],
    ["o'hara_{x}/y=z!@example.com", "o'hara_{x}/y=z!@example.com"],
    ['ada@localhost', 'ada@localhost'],
    ['ada@EXAMPLE.co.uk', 'ada@example.co.uk'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@उदाहरण.example', 'ada@xn--p1b6ci4b4b3a.example'],
    ['жанна@example.com', 'жанна@example.com'],
    // After NFKC these are plain letters: the same person.
    ['\uff41\uff44\uff41\uff20example.com', 'ada@example.com'],
    ['ada@example\uff0ecom', 'ada@example.com'],
    ['ru\u017fh@example.com', 'rush@example.com'],
    ['\u212aim@example.com', 'kim@example.com'],
    // Composes only once it is small.
    ['J\u030can@example.com', '\u01f0an@example.com'],
  ])('P18: %j has the one spelling %j', (text, email) => expect(normalizeEmail(text)).toBe(email))

  it('P18: letters that only look alike stay apart', () => {
    for (const text of ['v\u0131ctim@corp.example', 'v\u0130ctim@corp.example', 'victi\u043c@corp.example']) {
      const email = normalizeEmail(text)
      expect(email).not.toBeNull()
      expect(email).not.toBe('victim@corp.example')
    }
    expect(normalizeEmail('victim@c\u043erp.example')).toBe('victim@xn--crp-sed.example')
  })

  it.each([
    ['', '   ', 'ada', '@', 'ada@', '@example.com', 'ada@@example.com', 'a@b@c.example'],
    ['a@evil.example@corp.example', 'a\uff20evil.example@corp.example', '"a@evil.example"@corp.example'],
    ['"ada"@example.com', '"a b"@example.com', 'ada"@example.com', "ada@'example'.com"],
    [
      'a@corp.example,b@evil.example',
      'a@corp.example;b@evil.example',
      'admin@corp.example evil@evil.example',
    ],
    [
      'a@corp.example\nBcc: b@evil.example',
      'a@corp.example\r\n',
      '\na@corp.example',
      'a@corp.example\0',
      'a\tb@c.example',
    ],
    [
      'a@corp.example\u2028',
      'a\u200b@corp.example',
      'a\u202e@corp.example',
      'a\u3164@corp.example',
      'a\u0085@c.example',
    ],
    [
      'a@corp.example (comment)',
      'a(comment)@corp.example',
      '<a@corp.example>',
      'Ada <a@corp.example>',
      'a\\b@corp.example',
    ],
    ['a@[127.0.0.1]', 'a@127.0.0.1', 'a@1.2', 'a@0x7f.1', 'a@example.123', 'a@::1'],
    [
      'a@corp',
      'a@corp.example.',
      'a@.corp.example',
      'a@corp..example',
      'a@-corp.example',
      'a@corp-.example',
      'a@corp_x.example',
    ],
    [
      'a@corp.example/../x',
      'a@corp.example?x',
      'a@corp.example#x',
      'a@corp.example:25',
      'a@c%6frp.example',
      'a@corp.example\\x',
    ],
    ['.a@corp.example', 'a.@corp.example', 'a..b@corp.example', 'a@\u2100.example'],
    ['a\ud83d@corp.example', 'a@corp\udc00.example', '\ud800'],
  ])('P18: %j and its like are no addresses', (...texts) => {
    for (const text of texts) expect([text, normalizeEmail(text)]).toEqual([text, null])
  })
})

it('P18: an address has the lengths of RFC 5321', () => {
  const local = 'a'.repeat(64)
  expect(normalizeEmail(`${local}@example.com`)).toBe(`${local}@example.com`)
  const domain = `${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(53)}.example`
  expect(normalizeEmail(`${local}@${domain}`)).toHaveLength(254)
  for (const text of [
    `${local}a@example.com`,
    `a@${'b'.repeat(64)}.example`,
    `${local}@${domain.replace('d.', 'dd.')}`,
  ]) {
    expect(normalizeEmail(text)).toBeNull()
  }
  expect(normalizeEmail(`${'a'.repeat(1_000_000)}@example.com`)).toBeNull()
})

describe('a user name', () => {
  it('has at most 64 characters', () => {
    expect(normalizeUsername('x'.repeat(64))).toBe('x'.repeat(64))
    expect(normalizeUsername('x'.repeat(65))).toBeNull()
  })

  it.each([
    ['ada', 'ada'],
    [' Ada.Love-Lace_1815 ', 'ada.love-lace_1815'],
    ['ÉMILE', 'émile'],
    ['E\u0301mile', 'émile'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['Οδυσσεύς', 'οδυσσεύσ'],
    ['жанна', 'жанна'],
    ['अदिति', 'अदिति'],
    ['\uff21\uff24\uff21', 'ada'],
    ['山田7', '山田7'],
  ])('%j has the one spelling %j', (text, username) => expect(normalizeUsername(text)).toBe(username))

  it.each([
    ['', ' ', '.ada', '-ada', 'ada love', 'ada@x', 'ada\uff20x', 'a,b', 'a|b', 'a/b', 'a:b'],
    ['ada\0', 'ada\n', 'a\u202eda', 'a\u200bda', 'ada\u3164', 'a\u00adda', '\u0301ada', '\ud83d', '🔑'],
    // Cyrillic а, Greek ο among Latin letters
    ['\u0430dmin', 'r\u03bfot'],
  ])('P18: %j and its like are no user names', (...texts) => {
    for (const text of texts) expect([text, normalizeUsername(text)]).toEqual([text, null])
  })
})

it.each(['user_4f7Kq2Zr9XbT1mNc', 'USER_x', 'guest_x', 'ｕser_x', ' user_'])(
  'P18: %j could be an id that a rule names, and is no user name',
  (text) => {
    expect(normalizeUsername(text)).toBeNull()
    expect(normalizeIdentifier(text)).toBeNull()
  },
)

it.each(['user', 'user-1', 'user.name', 'guest1', 'superuser_1', 'username_'])(
  '%j is none and stays a user name',
  (text) => expect(normalizeUsername(text)).toBe(text),
)

describe('whatever somebody types', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.emailAddress(),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...'aIJKſıİ\u030cςΣ@＠.．-\u00a8\u200d\u3164, ') }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 10 })
      .map((units) => String.fromCharCode(...units)),
  )

  it('P2: never throws', () => {
    fc.assert(
      fc.property(anything, (text) => {
        normalizeIdentifier(text)
        cleanName(text)
        isRoleName(text)
      }),
      { numRuns: 500 },
    )
  })

  it('P18: an identifier is its own one spelling, has one @ or none, and nothing unseen', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const identifier = normalizeIdentifier(text)
        if (!identifier) return
        expect(normalizeIdentifier(identifier.value)).toEqual(identifier)
        expect(identifier.value.split('@')).toHaveLength(identifier.kind === 'email' ? 2 : 1)
        expect(identifier.value).not.toMatch(/[\s\p{C}A-Z"(),:;<>\\]/u)
        expect(identifier.value.isWellFormed()).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('P18: capitals never make another account', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        expect(normalizeEmail(email.toUpperCase())).toBe(normalizeEmail(email.toLowerCase()))
      }),
    )
  })

  it('is an address with an @ and a user name without', () => {
    expect(normalizeIdentifier(' ADA@example.com')).toEqual({ kind: 'email', value: 'ada@example.com' })
    expect(normalizeIdentifier(' ADA')).toEqual({ kind: 'username', value: 'ada' })
    expect(normalizeIdentifier('a b')).toBeNull()
  })
})

describe('a name to show', () => {
  it.each([
    [' Ada Lovelace ', 'Ada Lovelace'],
    ['E\u0301mile', 'Émile'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['👩\u200d🚀', '👩\u200d🚀'],
    ['<b>"O’Hara" & Söhne</b>', '<b>"O’Hara" & Söhne</b>'],
  ])('%j becomes %j', (text, name) => expect(cleanName(text)).toBe(name))

  it.each([
    '',
    '  ',
    '\u200d',
    'a\nb',
    'a\r\nSet-Cookie: x',
    'a\0',
    'a\u202eb',
    'a\u2066b',
    'a\u200eb',
    'a\u2028b',
    'a\ud83d',
  ])('%j is none', (text) => expect(cleanName(text)).toBeNull())

  it('has at most 128 characters, however many bytes', () => {
    expect(cleanName('🔑'.repeat(128))).toBe('🔑'.repeat(128))
    expect(cleanName('🔑'.repeat(129))).toBeNull()
    expect(cleanName('x'.repeat(1_000_000))).toBeNull()
  })
})

it('a role fits into a list in a header', () => {
  for (const role of ['admin', 'Finance-2', 'team:eu.west_1', 'a'.repeat(64)])
    expect(isRoleName(role)).toBe(true)
  for (const role of ['', 'a,b', 'a|b', 'a b', 'a;b', 'a\n', 'ä', '\ud83d', 'a'.repeat(65)]) {
    expect(isRoleName(role)).toBe(false)
  }
})
