import { createWriteStream } from 'node:fs'
import { withEntities } from '../accounts.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import type { Output } from '../output.ts'
import { type ImportCounts, importAccounts, type RefusedLine } from '../transfer/import-accounts.ts'
import { formatOf, openLines, readLines } from '../transfer/read-lines.ts'

/** More refusals than these are only counted on the screen; `--report` has them all. */
const SHOWN_REFUSALS = 20
const PROGRESS_MS = 2000

/** `edgegate user import FILE`. Refused lines do not stop it, but the exit status says that there were some. */
export async function importUsers([file]: readonly string[], flags: Flags, output: Output): Promise<void> {
  if (file === undefined) throw new Failure('Name a file of users, or - for standard input.', 2)
  const format = formatOf(file, flags.format)
  const report = flags.report === undefined ? null : createWriteStream(flags.report)
  const refused: RefusedLine[] = []
  let saidAt = Date.now()
  const counts = await withEntities(flags, (entities) =>
    importAccounts(entities, readLines(openLines(file), format), {
      dryRun: flags['dry-run'],
      vouched: flags['emails-verified'],
      onRefused(line) {
        report?.write(`${JSON.stringify(line)}\n`)
        if (refused.length >= SHOWN_REFUSALS) return
        refused.push(line)
        output.note(`line ${line.line}: ${line.message}`)
      },
      onProgress(counts) {
        if (Date.now() - saidAt < PROGRESS_MS) return
        saidAt = Date.now()
        output.note(`${counts.read} lines read …`)
      },
    }),
  )
  report?.end()
  const dryRun = flags['dry-run']
  output.value({ dryRun, ...counts }, () => summaryOf(counts, dryRun))
  if (counts.refused > 0) throw new Failure(adviceOf(counts.refused))
}

function summaryOf({ read, imported, existing, refused }: ImportCounts, dryRun: boolean): string {
  const done = dryRun ? 'would be imported' : 'imported'
  return `${read} lines read: ${imported} ${done}, ${existing} there already, ${refused} refused.`
}

function adviceOf(refused: number): string {
  const more = refused - SHOWN_REFUSALS
  const hidden = more > 0 ? ` ${more} more than are shown: --report FILE keeps all.` : ''
  return `${refused} lines were refused.${hidden} Mend them and run it again: what is there already is left alone.`
}
