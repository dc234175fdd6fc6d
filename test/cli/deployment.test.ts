import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findHoles, readDeployment } from '../../cli/deployment.ts'
import { resolveConfig } from '../../src/config/resolve.ts'

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
  const file = path.join(folder, 'wrangler.toml')
  const base = 'name = "x"\nmain = "x.ts"\ncompatibility_date = "2026-10-30"\n'
  writeFileSync(file, `${base}workers_dev = false\npreview_urls = false\n${lines}`)
  if (!resolved.ok) throw new TypeError('the configuration has problems')
  return findHoles(readDeployment(file), resolved.settings).errors.map(({ option }) => option)
}

describe('what only development may say', () => {
  it.each(['EDGEGATE_DEV', 'EDGEGATE_ORIGIN', 'EDGEGATE_THROTTLE'])('%s is an error', (name) => {
    expect(errorsOf(`[vars]\n${name} = "off"\nOTHER = "1"\n`)).toEqual([`vars.${name}`])
  })

  it('other variables are nobody else’s business', () => {
    expect(errorsOf('[vars]\nEDGEGATE = "1"\n')).toEqual([])
    expect(errorsOf('')).toEqual([])
  })
})
