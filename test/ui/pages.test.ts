import { describe, expect, it } from 'vitest'
import { type LoginPageProps, renderLoginPage } from '../../src/login/page.tsx'
import { renderLogoutPage } from '../../src/logout/page.tsx'
import { renderReauthPage } from '../../src/reauth/page.tsx'
import { renderMessagePage } from '../../src/ui/message-page.tsx'
import { textsFor } from '../../src/ui/text/text.ts'
import { compileTheme } from '../../src/ui/theme.ts'
import { everyPage, HARMLESS, parseTags, SITE, type Tag, themeOf } from './sample-pages.ts'

const theme = await compileTheme(SITE)
const texts = textsFor('en')
const blank: LoginPageProps = {
  texts,
  theme,
  action: null,
  next: '/reports?x=1&y=2',
  identifier: '',
  remember: false,
  problem: null,
  post: null,
  retryAfterSeconds: null,
  requestId: null,
  human: null,
  passkey: null,
  links: [],
}

async function login(props: Partial<LoginPageProps>) {
  return parseTags(renderLoginPage({ ...blank, ...props }))
}

function named(tags: readonly Tag[], name: string): Readonly<Record<string, string>> {
  return tags.find(({ attributes }) => attributes.name === name)?.attributes ?? {}
}

function focused(tags: readonly Tag[]): readonly (string | undefined)[] {
  return tags.filter(({ attributes }) => 'autofocus' in attributes).map(({ attributes }) => attributes.name)
}

describe('every page', () => {
  it('weighs at most 18 KB, style included', async () => {
    const filling = {
      text: 'somebody.with.a.rather.long.name@department.acme.example',
      href: `/x?${'y'.repeat(200)}`,
    }
    for (const language of ['en', 'de'] as const) {
      for (const html of everyPage(await themeOf(filling), language, filling))
        expect(new TextEncoder().encode(html).length).toBeLessThanOrEqual(18_000)
    }
  })

  it('says its language, its site and that robots should pass by; has one heading and one main part', async () => {
    for (const html of everyPage(theme, 'de', HARMLESS)) {
      expect(html).toMatch(/^<!doctype html><html lang="de" dir="ltr">/)
      expect(html).toMatch(/<title>[^<]+ · Acme intranet<\/title>/)
      const tags = await parseTags(html)
      expect(named(tags, 'robots').content).toBe('noindex')
      expect(named(tags, 'color-scheme').content).toBe('light dark')
      expect(named(tags, 'viewport').content).not.toMatch(/maximum-scale|user-scalable/)
      expect(tags.filter(({ name }) => name === 'h1')).toHaveLength(1)
      expect(tags.filter(({ name }) => name === 'main')).toHaveLength(1)
    }
  })

  it('has a label for every field, points only at what exists, and gives no id twice', async () => {
    for (const html of everyPage(theme, 'en', HARMLESS)) {
      const tags = await parseTags(html)
      const ids = tags.flatMap(({ attributes }) => attributes.id ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      for (const { attributes } of tags) {
        for (const id of attributes['aria-describedby']?.split(' ') ?? []) expect(ids).toContain(id)
      }
      const labelled = tags.flatMap(({ attributes }) => attributes.for ?? [])
      const fields = tags.filter(
        ({ name, attributes }) =>
          name === 'input' && attributes.type !== 'hidden' && !('hidden' in attributes),
      )
      for (const { attributes } of fields) expect(labelled).toContain(attributes.id)
    }
  })

  it('tells no other address where the visitor was, and loads nothing from another host', async () => {
    for (const html of everyPage(theme, 'en', HARMLESS)) {
      for (const { name, attributes } of await parseTags(html)) {
        if (name === 'a' || name === 'img') expect(attributes.referrerpolicy).toBe('no-referrer')
        if (attributes.src !== undefined) expect(attributes.src).toMatch(/^\/|^data:/)
      }
    }
  })
})

describe('login page', () => {
  it('speaks the language of password managers and telephones', async () => {
    const tags = await login({})
    expect(named(tags, 'identifier')).toMatchObject({
      type: 'text',
      autocomplete: 'username',
      inputmode: 'email',
      autocapitalize: 'none',
      spellcheck: 'false',
    })
    expect(named(tags, 'password')).toMatchObject({ type: 'password', autocomplete: 'current-password' })
    expect(named(tags, 'password')).not.toHaveProperty('maxlength')
  })

  it('gives back what was typed after a mistake, but never a password', async () => {
    const tags = await login({ identifier: 'ada', remember: true, problem: 'wrong_credentials' })
    expect(named(tags, 'identifier').value).toBe('ada')
    expect(named(tags, 'next').value).toBe('/reports?x=1&amp;y=2')
    expect(named(tags, 'remember')).toHaveProperty('checked')
    expect(named(tags, 'password')).not.toHaveProperty('value')
  })

  it('announces a mistake and puts the cursor where it is mended', async () => {
    const tags = await login({ identifier: 'ada', problem: 'wrong_credentials' })
    expect(tags.filter(({ attributes }) => attributes.role === 'alert')).toHaveLength(1)
    expect(focused(tags)).toEqual(['password'])
    expect(named(tags, 'password')).toMatchObject({ 'aria-invalid': 'true', 'aria-describedby': 'notice' })
    expect(renderLoginPage({ ...blank, problem: 'wrong_credentials' })).toContain('<title>Error: Sign in')
  })

  it.each([
    [{ identifier: 'identifierMissing', password: 'passwordMissing' }, '', 'identifier'],
    [{ password: 'passwordMissing' }, 'ada', 'password'],
    [{ identifier: 'identifierTooLong' }, 'a'.repeat(999), 'identifier'],
    [{ identifier: 'identifierTooLong', password: 'passwordTooLong' }, 'a'.repeat(999), 'identifier'],
  ] as const)('focuses the first wrong field of %j', async (fieldErrors, identifier, field) => {
    const tags = await login({ problem: 'invalid_form', fieldErrors, identifier })
    expect(focused(tags)).toEqual([field])
    expect(named(tags, field)['aria-describedby']).toBe(`${field}-error notice`)
  })

  it('calls news a status, not a mistake', async () => {
    for (const problem of ['session_ended', 'signed_out'] as const) {
      const tags = await login({ problem })
      expect(tags.some(({ attributes }) => attributes.role === 'alert')).toBe(false)
      expect(tags.some(({ attributes }) => attributes.role === 'status')).toBe(true)
    }
  })

  it('offers to stay signed in only where that is offered', async () => {
    expect(named(await login({ remember: null }), 'remember')).toEqual({})
    expect(named(await login({ remember: false }), 'remember')).not.toHaveProperty('checked')
  })

  it('says how long to wait, if it knows', () => {
    const throttled = { ...blank, problem: 'throttled' } as const
    expect(renderLoginPage({ ...throttled, retryAfterSeconds: 170 })).toContain('Try again in 3 minutes.')
    expect(renderLoginPage(throttled)).toContain('Try again in a little while.')
  })

  it('posts to its own address unless told otherwise, so that a #fragment survives', async () => {
    const form = (tags: readonly Tag[]) => tags.find(({ name }) => name === 'form')?.attributes
    expect(form(await login({}))).toEqual({ method: 'post' })
    expect(form(await login({ action: '/auth/login' }))).toEqual({ method: 'post', action: '/auth/login' })
  })

  it('shows a request id with a fault and not otherwise', () => {
    const known = { ...blank, requestId: 'req-1' }
    expect(renderLoginPage({ ...known, problem: 'fault' })).toContain('req-1')
    expect(renderLoginPage({ ...known, problem: 'wrong_credentials' })).not.toContain('req-1')
  })
})

describe('logout page', () => {
  const props = {
    texts,
    theme,
    user: { label: 'Ada' },
    action: null,
    next: null,
    cancelHref: '/',
    problem: null,
    requestId: null,
  }

  it('asks by a form, this device first', async () => {
    const tags = await parseTags(renderLogoutPage(props))
    const choices = tags
      .filter(({ attributes }) => attributes.name === 'everywhere')
      .map(({ attributes }) => attributes)
    expect(choices.map(({ value }) => value)).toEqual(['', '1'])
    expect(choices.map((choice) => 'checked' in choice)).toEqual([true, false])
    expect(tags.find(({ name }) => name === 'form')?.attributes.method).toBe('post')
  })
})

describe('reauth page', () => {
  const user = { label: 'Ada Lovelace', identifier: 'ada@acme.example' }
  const props = { ...blank, user, reason: 'stale', problem: null, signOutHref: null } as const

  it('tells a password manager whose password it is, without sending a name', async () => {
    const tags = await parseTags(renderReauthPage(props))
    const username = tags.find(({ attributes }) => attributes.autocomplete === 'username')?.attributes
    expect(username).toMatchObject({ value: 'ada@acme.example', readonly: '' })
    expect(username).not.toHaveProperty('name')
    expect(named(tags, 'password').autocomplete).toBe('current-password')
    expect(focused(tags)).toEqual(['password'])
  })
})

describe('message page', () => {
  const props = {
    texts,
    theme,
    kind: 'forbidden',
    userLabel: 'Ada',
    loginHref: '/auth/login',
    homeHref: '/',
    retryAfterSeconds: null,
    requestId: 'req-1',
  } as const

  it('says to whom access is refused and offers another account', () => {
    const html = renderMessagePage(props)
    expect(html).toContain('<bdi>Ada</bdi>')
    expect(html).toContain(texts.signInOther)
    expect(html).toContain('req-1')
  })

  it('offers a plain sign-in to who is not signed in, and nothing that leads nowhere', () => {
    expect(renderMessagePage({ ...props, userLabel: null })).toContain(`>${texts.signIn}</a>`)
    expect(renderMessagePage({ ...props, loginHref: null, homeHref: null })).not.toContain('class="button')
  })

  it('says when to come back where waiting helps', () => {
    expect(renderMessagePage({ ...props, kind: 'origin_timeout' })).toContain('Try again shortly.')
    expect(renderMessagePage({ ...props, kind: 'too_many', retryAfterSeconds: 30 })).toContain(
      'Try again in 30 seconds.',
    )
    expect(renderMessagePage(props)).not.toContain('Try again')
  })
})
