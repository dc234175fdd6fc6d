import { describe, expect, it } from 'vitest'
import { parseMailAddress } from '../../src/config/mail-address.ts'
import { resolveConfig } from '../../src/config/resolve.ts'
import type { Config } from '../../src/config/schema.ts'
import { BASE_CONFIG, createWorld, WITH_MAIL } from '../support/world.ts'

const resolve = (mail: unknown, environment = {}) =>
  resolveConfig({ ...BASE_CONFIG, mail } as unknown as Config, environment)
const problemsOf = (mail: unknown) => {
  const resolved = resolve(mail)
  return resolved.ok ? [] : resolved.problems.map(({ option }) => option)
}
const settingsOf = (mail: unknown, environment = {}) => {
  const resolved = resolve(mail, environment)
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems))
  return resolved.settings.mail
}

describe('who mails come from', () => {
  it.each([
    ['no-reply@acme.example', null, 'no-reply@acme.example'],
    ['Acme <No-Reply@Acme.example>', 'Acme', 'no-reply@acme.example'],
    ['  Acme & Söhne  <no-reply@acme.example> ', 'Acme & Söhne', 'no-reply@acme.example'],
    ['<no-reply@acme.example>', null, 'no-reply@acme.example'],
  ])('%j is a name and an address', (text, name, address) => {
    expect(parseMailAddress(text)).toEqual({ name, address })
  })

  it.each([
    'acme',
    'Acme <no-reply@acme.example',
    'Acme <a@acme.example> <b@acme.example>',
    'a@acme.example, b@acme.example',
    'Acme\r\nBcc: x@evil.example <a@acme.example>',
    '"Acme" <a@acme.example>',
    'Acme\u202e <a@acme.example>',
  ])('%j is not', (text) => {
    expect(parseMailAddress(text)).toBeNull()
    expect(problemsOf({ from: text, sender: { binding: 'EMAIL' } })).toEqual(['mail.from'])
  })
})

describe('who carries them', () => {
  const from = 'no-reply@acme.example'

  it.each([
    [{}, ['mail.from', 'mail.sender']],
    [{ from, sender: {} }, ['mail.sender']],
    [{ from, sender: { provider: 'pigeon' } }, ['mail.sender']],
    [{ from, sender: { provider: 'resend', key: 're_1234567890abcdef' } }, ['mail.sender.key']],
    [{ from, sender: { provider: 'mailgun', api: 'http://api.mailgun.net' } }, ['mail.sender.api']],
    [{ from, sender: { provider: 'mailgun', domain: 'a/../b' } }, ['mail.sender.domain']],
    [{ from, sender: { smtp: 'smtp.acme.example', user: 'x', port: 25 } }, ['mail.sender.port']],
    [{ from, sender: { smtp: 'smtp.acme.example:465', user: 'x' } }, ['mail.sender.smtp']],
    [{ from, sender: { smtp: 'smtp.acme.example' } }, ['mail.sender']],
    [{ from, sender: { smtp: 'smtp.acme.example', user: 'x', password: 'y' } }, ['mail.sender']],
    [{ from, sender: { smtp: 'smtp.acme.example', user: 'x' } }, []],
    [{ from, sender: { provider: 'mailgun', api: 'https://api.eu.mailgun.net' } }, []],
  ])('%j has problems with %j', (mail, problems) => {
    expect(problemsOf(mail)).toEqual(problems)
  })

  it('SMTP is encrypted from the start on 465, and begins with STARTTLS elsewhere', () => {
    const securityOf = (port?: number) =>
      settingsOf({ from, sender: { smtp: 'smtp.acme.example', user: 'x', ...(port ? { port } : {}) } })
        ?.sender
    expect(securityOf()).toMatchObject({ port: 465, security: 'tls', key: 'MAIL_KEY' })
    expect(securityOf(587)).toMatchObject({ port: 587, security: 'starttls' })
    expect(securityOf(2525)).toMatchObject({ security: 'starttls' })
  })

  it('the mailbox, in development, whatever is configured', () => {
    const development = { EDGEGATE_DEV: 'http://localhost:8787' }
    expect(settingsOf(undefined)).toBeNull()
    expect(settingsOf(undefined, development)?.sender).toEqual({ kind: 'mailbox' })
    expect(settingsOf({ from, sender: { provider: 'resend' } }, development)?.sender).toEqual({
      kind: 'mailbox',
    })
  })

  it.each([
    ['a binding', { ...WITH_MAIL, mail: { from, sender: { binding: 'NONE' } } }, '[[send_email]]'],
    ['a secret', { ...WITH_MAIL, mail: { from, sender: { provider: 'resend' } } }, 'MAIL_KEY'],
  ] as const)(
    'P14: without %s nothing is served, and the log says what is missing',
    async (_what, config, word) => {
      const world = createWorld(config)
      expect((await world.fetch('/public/x')).status).toBe(500)
      expect(world.seen).toEqual([])
      expect(JSON.stringify(world.logs)).toContain(word)
    },
  )
})
