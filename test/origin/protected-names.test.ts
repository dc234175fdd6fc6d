import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRESET_HEADERS } from '../../src/origin/presets.ts'
import { createProtectedNames, foldName } from '../../src/origin/protected-names.ts'
import { HARMLESS_NAMES, HOSTILE_NAMES, spellingOf, spellingsOf } from './names.ts'

const plain = createProtectedNames({ own: [], strip: [], pass: [] })

describe('names that a visitor may not send', () => {
  it.each(Object.entries(HOSTILE_NAMES))('P5: strips what belongs to %s', (_, names) => {
    expect(names.filter((name) => !plain(name))).toEqual([])
  })

  it.each(Object.entries(HOSTILE_NAMES))('P5: strips every spelling of what belongs to %s', (_, names) => {
    expect(names.flatMap(spellingsOf).filter((name) => !plain(name))).toEqual([])
  })

  it('P5: strips every header of every preset', () => {
    expect(PRESET_HEADERS.flatMap(spellingsOf).filter((name) => !plain(name))).toEqual([])
  })

  it('P5: no choice of case and separators hides a protected name', () => {
    const names = [...new Set([...Object.values(HOSTILE_NAMES).flat(), ...PRESET_HEADERS])]
    fc.assert(
      fc.property(
        fc.constantFrom(...names).chain((name) => spellingOf(name)),
        (spelling) => {
          expect(plain(spelling), spelling).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('P5: names inside our own families are stripped, whether we know them or not', () => {
    const rest = fc.stringMatching(/^[a-z0-9]{1,12}([-_.][a-z0-9]{1,8}){0,2}$/)
    fc.assert(
      fc.property(
        fc.constantFrom('X-Auth-', 'Remote-', 'X-Edgegate-', 'X-Forwarded-'),
        rest,
        (family, end) => {
          expect(plain(family + end), family + end).toBe(true)
        },
      ),
    )
  })
})

describe('what is no name', () => {
  it.each(['', ' ', 'a b', 'a\tb', 'a:b', 'x(y', 'a/b', 'é', 'x-app-é', 'x-app-\u0000'])(
    'P5: %j never passes',
    (name) => {
      expect(plain(name)).toBe(true)
      expect(createProtectedNames({ own: [], strip: [], pass: [name] })(name)).toBe(true)
    },
  )
})

describe('names that pass', () => {
  it.each(Object.entries(HARMLESS_NAMES))('lets %s through', (_, names) => {
    expect(names.filter(plain)).toEqual([])
  })

  it('lets X-App-* through, whatever stands behind', () => {
    const rest = fc.stringMatching(/^[A-Za-z0-9]{1,12}(-[A-Za-z0-9]{1,8}){0,3}$/)
    fc.assert(
      fc.property(rest, (end) => {
        expect(plain(`X-App-${end}`)).toBe(false)
      }),
    )
  })
})

describe('the options', () => {
  const chosen = createProtectedNames({
    own: ['Remote-User', 'X-Forwarded-For', 'X-My-User'],
    strip: ['X-Legacy_Login', 'X-CSRF-Token'],
    pass: ['X-User', 'x_request_id', 'Remote-User', 'X-My-User', 'Connection', 'X-Legacy-Login'],
  })

  it('`strip` adds names, in every spelling', () => {
    expect(['x-legacy-login', 'X.Legacy.Login', 'HTTP_X_LEGACY_LOGIN', 'x-csrf-token'].every(chosen)).toBe(
      true,
    )
  })

  it('`pass` lets through what would be stripped', () => {
    expect([chosen('X-User'), chosen('X-Request-Id'), chosen('X-Users')]).toEqual([false, false, true])
  })

  it('P5: `pass` never opens a name that the gateway sets, a hop-by-hop name or one of `strip`', () => {
    const names = ['Remote-User', 'remote_user', 'X-My-User', 'x.my.user', 'Connection', 'X-Legacy-Login']
    expect(names.filter((name) => !chosen(name))).toEqual([])
  })

  it('answers the same for a name after thousands of others', () => {
    const check = createProtectedNames({ own: [], strip: [], pass: [] })
    for (let index = 0; index < 5000; index++) check(`x-invented-${index}`)
    expect([check('x-auth-user'), check('x-invented-1'), check('remote_user')]).toEqual([true, false, true])
  })
})

describe('folding', () => {
  it('is idempotent for any name', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(foldName(foldName(name))).toBe(foldName(name))
      }),
    )
  })

  it.each([
    ['X-Auth-User', 'x-auth-user'],
    ['x_auth_user', 'x-auth-user'],
    ['X.Auth.User', 'x-auth-user'],
    ['X-Auth--User', 'x-auth-user'],
    ['-X-Auth-User-', 'x-auth-user'],
    ['HTTP_X_AUTH_USER', 'x-auth-user'],
    ['HTTP_HTTP_X_AUTH_USER', 'x-auth-user'],
    ['X Auth User', 'x-auth-user'],
    ['', ''],
  ])('folds %s to %s', (name, folded) => {
    expect(foldName(name)).toBe(folded)
  })
})
