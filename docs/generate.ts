/**
 * Writes the pages that come from declarations: docs/configuration.md from the options' schema, docs/errors.md from the table of
 * errors. With `--check` it changes nothing and fails when a page is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { configurationPage } from './generate-configuration.ts'
import { errorsPage } from './generate-errors.ts'

const PAGES = { 'configuration.md': configurationPage(), 'errors.md': errorsPage() }

let stale = 0
for (const [name, text] of Object.entries(PAGES)) {
  const file = path.join(import.meta.dirname, name)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  stale++
  if (process.argv.includes('--check')) console.error(`docs/${name} is stale: run \`npm run docs\``)
  else writeFileSync(file, text)
}
process.exitCode = process.argv.includes('--check') && stale > 0 ? 1 : 0
