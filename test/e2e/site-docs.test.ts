import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const SITES = path.join(import.meta.dirname, 'sites')
const DOCS = path.join(import.meta.dirname, '../../docs/put-behind')

it.each([
  ['flask.md', 'flask.config.ts'],
  ['tiddlywiki.md', 'tiddlywiki.config.ts'],
  ['static-site.md', 'static.config.ts'],
  ['static-site.md', 'static-assets.config.ts'],
  ['static-site.md', 'static-assets.toml'],
  ['static-site.md', 'static-nginx.conf'],
])('%s shows %s as the tests run it', (page, file) => {
  const text = readFileSync(path.join(SITES, file), 'utf8').replace('../../../src/', './src/')
  expect(readFileSync(path.join(DOCS, page), 'utf8')).toContain(`\n${text}\`\`\`\n`)
})
