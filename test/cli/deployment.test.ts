import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findHoles, readDeployment } from '../../cli/deployment.ts'
import { type Resolved, resolveConfig } from '../../src/config/resolve.ts'
import type { Config } from '../../src/config/schema.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgegate-deployment-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const resolved = resolveConfig({
  site: { name: 'Example', url: 'https://app.example' },
  origin: { url: 'https://origin.example' },
})

/** The options of the errors that `edgegate check` finds in a wrangler.toml with these lines. */
function errorsOf(lines: string): readonly string[] {
  return holesOf(lines, resolved).errors.map(({ option }) => option)
}

function holesOf(lines: string, config: Resolved) {
  const file = path.join(folder, 'wrangler.toml')
  const base = 'name = "x"\nmain = "x.ts"\ncompatibility_date = "2026-10-30"\n'
  writeFileSync(file, `${base}workers_dev = false\npreview_urls = false\n${lines}`)
  if (!config.ok) throw new TypeError('the configuration has problems')
  return findHoles(readDeployment(file), config.settings)
}

describe('what only development may say', () => {
  it.each(['EDGEGATE_DEV', 'EDGEGATE_ORIGIN', 'EDGEGATE_THROTTLE', 'EDGEGATE_TURNSTILE'])(
    '%s is an error',
    (name) => {
      expect(errorsOf(`[vars]\n${name} = "off"\nOTHER = "1"\n`)).toEqual([`vars.${name}`])
    },
  )

  it('other variables are nobody else’s business', () => {
    expect(errorsOf('[vars]\nEDGEGATE = "1"\n')).toEqual([])
    expect(errorsOf('')).toEqual([])
  })
})

describe('mail', () => {
  const found = (lines: string, sender: NonNullable<Config['mail']>['sender'] | null) => {
    const site = { name: 'Example', url: 'https://app.example' }
    const origin = { url: 'https://origin.example' }
    const mail = sender && { from: 'no-reply@app.example', sender }
    const { errors, warnings } = holesOf(lines, resolveConfig({ site, origin, ...(mail ? { mail } : {}) }))
    const about = ({ option }: { option: string }) => /mail|secret|triggers|MAIL/.test(option)
    return {
      errors: errors.filter(about).map(({ option }) => option),
      warnings: warnings.filter(about).map(({ option }) => option),
    }
  }
  const CRON = '[triggers]\ncrons = ["*/5 * * * *"]\n'

  it.each([
    ['no mail at all', '', null, [], ['mail']],
    ['a binding that is not there', CRON, { binding: 'EMAIL' }, ['mail.sender'], []],
    ['a binding', `${CRON}[[send_email]]\nname = "EMAIL"\n`, { binding: 'EMAIL' }, [], []],
    ['no cron', '[[send_email]]\nname = "EMAIL"\n', { binding: 'EMAIL' }, [], ['triggers']],
    ['a secret that may be forgotten', CRON, { provider: 'resend' }, [], ['secrets.required']],
    [
      'a secret in a file',
      `${CRON}[vars]\nMAIL_KEY = "x"\n`,
      { provider: 'resend' },
      ['vars.MAIL_KEY'],
      ['secrets.required'],
    ],
    [
      'a secret that is required',
      `${CRON}[secrets]\nrequired = ["MAIL_KEY"]\n`,
      { provider: 'resend' },
      [],
      [],
    ],
  ] as const)('%s', (_title, lines, sender, errors, warnings) => {
    expect(found(lines, sender)).toEqual({ errors, warnings })
  })
})

it('a site behind another proxy needs no route: visitors come to the proxy', () => {
  const elsewhere = resolveConfig({
    site: { name: 'Example', url: 'https://app.example' },
    origin: { forwardAuth: true },
  })
  const warned = (config: Resolved) => holesOf('', config).warnings.map(({ option }) => option)
  expect(warned(elsewhere)).not.toContain('routes')
  expect(warned(resolved)).toContain('routes')
})
