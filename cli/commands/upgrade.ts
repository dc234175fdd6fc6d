import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { placeOf } from '../accounts.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { pendingMigrations } from '../migrations.ts'
import type { Output } from '../output.ts'
import { ROOT } from '../project.ts'
import { runWrangler } from '../setup/wrangler.ts'
import { withBindings } from '../storage.ts'

/**
 * `edgegate upgrade`: saves the database before anything is changed, applies the migrations that are missing, and deploys what uses them.
 * Migrations only add, so the Worker that still runs meanwhile does not notice.
 */
export async function runUpgrade(_words: readonly string[], flags: Flags, output: Output): Promise<number> {
  const place = placeOf(flags)
  const pending = await withBindings(place, ({ DB }) => pendingMigrations(DB), { migrate: false })
  output.note(pending.length === 0 ? 'The database is up to date.' : `To be applied: ${pending.join(', ')}`)
  if (flags['dry-run']) {
    output.value({ dryRun: true, pending }, () => 'Nothing was done.')
    return 0
  }
  const saved = pending.length === 0 ? null : await save(place, output)
  if (place.kind === 'remote') {
    if (pending.length > 0) await must(['d1', 'migrations', 'apply', 'DB', '--remote'], saved)
    await must(['deploy'], saved)
  } else if (pending.length > 0) {
    await withBindings(place, async () => {})
  }
  output.value({ dryRun: false, applied: pending, saved }, () => `Applied: ${pending.length}.`)
  return 0
}

/** A copy of the database as it was, and where that is. */
async function save(place: ReturnType<typeof placeOf>, output: Output): Promise<string> {
  const folder = path.join(ROOT, '.edgegate/backups')
  mkdirSync(folder, { recursive: true })
  const name = new Date().toISOString().replaceAll(/[:.]/g, '-')
  if (place.kind === 'remote') {
    const file = path.join(folder, `${name}.sql`)
    await must(['d1', 'export', 'DB', '--remote', '--output', file], null)
    output.note(`Saved the database in ${path.relative(process.cwd(), file)}`)
    return file
  }
  const source = path.join(path.resolve(place.state), 'v3/d1')
  const copy = path.join(folder, name)
  if (!existsSync(source) || readdirSync(source).length === 0)
    throw new Failure(`There is no data in ${place.state}.`)
  cpSync(source, copy, { recursive: true })
  output.note(`Saved the database in ${path.relative(process.cwd(), copy)}`)
  return copy
}

async function must(words: readonly string[], saved: string | null): Promise<void> {
  const { status } = await runWrangler(words)
  if (status === 0) return
  const copy = saved === null ? '' : ` The database as it was is in ${saved}.`
  throw new Failure(`\`wrangler ${words.join(' ')}\` ended with ${status}; its words are above.${copy}`)
}
