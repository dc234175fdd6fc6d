import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPassword } from '../../src/password/policy.ts'

const CONTEXT = {
  siteWords: ['Acme intranet', 'intranet.acme.example'],
  email: 'good.morrow@user.example',
  username: 'adalove',
  name: 'Ada Lovelace',
}
const POLICY = { minLength: 15 }
const check = (password: string, context: Parameters<typeof checkPassword>[2] = CONTEXT) =>
  checkPassword(password, POLICY, context)

describe('accepted', () => {
  it.each([
    'tall purple window sings quietly',
    'tall purple window sings quietly ',
    'tall purple window sings 41',
    'tallpurplewindowsingsquietly',
    'correct gate opens quietly',
    'a rabbit with a waistcoat',
    'purple monkey dragon sunshine window',
    'مرحبا بالعالم الجميل',
    'नमस्ते दुनिया सुंदर जगह है',
    '我喜欢在公园里慢慢地散步读书吃饭',
    'пять весёлых утят плавают',
    '🐴🔋📎✅🌊🔑🎈🍋🚲🧦🪁🥁🧊🛶🌵',
    'qv7Kz2pLmw93TxA',
    '839201746528193',
    'tall purple\0window sings',
    '<script>alert(1)</script>',
    "' OR 1=1; DROP TABLE user --",
    `Zq1${'xy4 '.repeat(31)}e`,
    'a1b2 '.repeat(12),
    'my grandmother in Acme County bakes',
  ])('%j', (password) => expect(check(password)).toEqual([]))

  it('exactly 15, 64 and 128 characters, of four bytes too', () => {
    expect(check('qv7Kz2pLmw93TxA')).toEqual([])
    for (const length of [64, 128, 1024]) {
      const [ascii, astral] = ['qv7K z2pL', '🔑🌊🐴🔋📎✅🎈🍋'].map((text) =>
        [...text.repeat(200)].slice(0, length),
      )
      expect(check(ascii?.join('') ?? '')).toEqual([])
      expect(check(astral?.join('') ?? '')).toEqual([])
    }
  })

  it('any 16 characters drawn from a large alphabet, whatever their kinds', () => {
    const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code))
    const letter = fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCodePoint(code))
    // Uniform draws: fast-check itself likes short and repeated values, as people do.
    const drawn = fc.noShrink(fc.oneof(printable, letter))
    fc.assert(
      fc.property(fc.uniqueArray(drawn, { minLength: 16, maxLength: 60 }), (chars) => {
        expect(checkPassword(chars.join(''), POLICY, { siteWords: ['Example'] })).toEqual([])
      }),
    )
  })
})

describe('refused for its length', () => {
  it('counts characters as people do, not bytes or UTF-16 units', () => {
    expect(check('qv7Kz2pLmw93Tx')).toEqual(['too_short'])
    expect(check('🐴🔋📎✅🌊🔑🎈🍋🚲🧦🪁🥁🧊🛶')).toEqual(['too_short'])
    expect(check('e\u0301e\u0301e\u0301qv7Kz2pLmw9')).toEqual(['too_short'])
    expect(check('')).toEqual(['too_short'])
    expect(checkPassword('qv7Kz2pL', { minLength: 8 }, CONTEXT)).toEqual([])
    expect(checkPassword('qv7Kz2p', { minLength: 8 }, CONTEXT)).toEqual(['too_short'])
  })

  it.each([
    ['1,025 characters', 'qv7Kz'.repeat(205)],
    ['1,025 characters of four bytes', '🔑'.repeat(1025)],
    ['10,000 characters', 'a1b2 '.repeat(2000)],
    ['a megabyte', 'a'.repeat(1_000_000)],
    ['a megabyte of half surrogates', '\ud83d'.repeat(500_000)],
  ])('%s', (_, password) => expect(check(password)).toEqual(['too_long']))

  it('takes a lower maximum from the settings', () => {
    const settings = { minLength: 15, maxLength: 20 }
    expect(checkPassword('qv7Kz2pLmw93TxA8rWn2', settings, CONTEXT)).toEqual([])
    expect(checkPassword('qv7Kz2pLmw93TxA8rWn2c', settings, CONTEXT)).toEqual(['too_long'])
  })

  it('half a surrogate pair is no text', () => {
    expect(check('tall purple window sings \ud83d')).toEqual(['not_text'])
  })
})

describe('refused because it is tried first', () => {
  it.each([
    // lists
    'letmeinletmein1',
    'passwordpassword1',
    'password12345678',
    'password-password-1!',
    'Password password PASSWORD',
    'changemechangeme',
    'iloveyouiloveyou',
    'ILoveYouForever1!',
    'administrator2024',
    'correct horse battery staple',
    'Correct-Horse-Battery-Staple1',
    'contraseñacontraseña',
    'парольпарольпароль',
    // digits for letters
    'P@ssw0rdP@ssw0rd!',
    'p a $ $ w 0 r d 123',
    'adm1n1str@t0r123',
    '1l0v3y0u1l0v3y0u',
    // keyboards
    'qwertyuiopasdfgh',
    'QWERTYUIOPasdfgh',
    'poiuytrewqlkjhgf',
    'asdfghjklasdfghjkl',
    'azertyuiopqsdfg',
    'qwertzuiopasdfg',
    'йцукенгшщзфывап',
    '1qaz2wsx3edc4rfv',
    '!QAZ@WSX#EDC$RFV',
    '1q2w3e4r5t6y7u8i',
    '!@#$%^&*()!@#$%^&*()',
    '789456123789456',
    // orders
    'abcdefghijklmnop',
    'zyxwvutsrqponmlk',
    '123456789012345',
    '098765432109876',
    '112233445566778',
    // repeats
    'aaaaaaaaaaaaaaaa',
    '111111111111111',
    'abababababababab',
    'abcabcabcabcabc',
    'blahblahblahblah',
    'яяяяяяяяяяяяяяя',
    '               ',
    '- - - - - - - - - ',
    'a               ',
    // seasons, dates
    'Summer2026!!!!!',
    'Dragon19871225!',
    '25.12.1987 25.12.1987',
    '19871225 12251987',
  ])('%j', (password) => expect(check(password)).toEqual(['common']))

  it('also where shorter passwords are allowed', () => {
    for (const password of ['password', 'Dragon77', '12345678', 'qwertyui', 'P@ssw0rd!', 'aaaaaaaa']) {
      expect(checkPassword(password, { minLength: 8 }, { siteWords: [] })).toEqual(['common'])
    }
  })

  it('names both reasons when it is too short as well', () => {
    expect(check('qwertyuiop')).toEqual(['too_short', 'common'])
  })

  it('whatever is done to a listed word with capitals, digits and signs', () => {
    const word = fc.constantFrom('password', 'letmein', 'iloveyou', 'dragon', 'sunshine', 'princess')
    const leet: Record<string, string> = { a: '@', e: '3', i: '1', o: '0', s: '$' }
    const dressed = fc
      .tuple(word, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), fc.boolean())
      .map(([text, capitals, isLeet]) =>
        [...text]
          .map((char, index) => (isLeet ? (leet[char] ?? char) : capitals[index] ? char.toUpperCase() : char))
          .join(''),
      )
    const end = fc.constantFrom('', '1', '!', '2026', '123', '1234!', '1987!')
    fc.assert(
      fc.property(
        dressed,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('', ' ', '-', '_'),
        end,
        (text, times, gap, tail) => {
          const password = Array.from({ length: times }, () => text).join(gap) + tail
          expect(checkPassword(password, { minLength: 4 }, { siteWords: [] })).toEqual(['common'])
        },
      ),
    )
  })
})

describe('refused because it is made of the account or the site', () => {
  it.each([
    'acmeintranet2026!!!',
    'Acme Intranet 2026',
    '@cm3 1ntr@n3t 2026',
    'intranet.acme.example1',
    'acme-intranet-secrets',
    'adalove-1815-1852',
    'Lovelace, Ada 1815',
    'good.morrow@user.example',
    'good morrow 839201746',
    'goodmorrowpassword1',
  ])('%j', (password) => expect(check(password)).toContain('contains_personal'))

  it('names both reasons', () => {
    expect(check('adaadaadaadaada')).toEqual(['common', 'contains_personal'])
  })

  it('not because a word of it occurs among others', () => {
    expect(check('ada walked along the river')).toEqual([])
    expect(check('tall purple intranet sings quietly')).toEqual([])
  })

  it('whatever digits and signs surround the words', () => {
    const sign = fc.constantFrom(...'0123456789 !?.,-_#*')
    fc.assert(
      fc.property(
        fc.constantFrom('adalove', 'ACME', 'Lovelace', 'morrow', 'Acme intranet'),
        fc.array(sign, { minLength: 11, maxLength: 30 }),
        fc.nat({ max: 10 }),
        (word, signs, at) => {
          const password = signs.slice(0, at).join('') + word + signs.slice(at).join('')
          expect(check(password)).toContain('contains_personal')
        },
      ),
    )
  })

  it('an account without names and a site without words refuse nothing more', () => {
    const empty = { siteWords: ['', 'www'], email: null, username: null, name: null }
    expect(check('tall purple window sings quietly', empty)).toEqual([])
  })
})

it('P2: never throws and always knows its reasons', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
      .map((units) => String.fromCharCode(...units)),
    fc.tuple(fc.string({ maxLength: 5 }), fc.nat({ max: 500 })).map(([unit, times]) => unit.repeat(times)),
  )
  const known = ['too_short', 'too_long', 'not_text', 'common', 'contains_personal']
  fc.assert(
    fc.property(text, text, text, (password, word, email) => {
      const problems = checkPassword(password, POLICY, { siteWords: [word], email, name: word })
      for (const problem of problems) expect(known).toContain(problem)
      if (!password.isWellFormed()) expect(problems).toHaveLength(1)
    }),
  )
})
