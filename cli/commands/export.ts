import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import type { NewUser } from '../../src/user/user.ts'
import { withEntities } from '../accounts.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import type { Entities } from '../storage.ts'
import { FIELDS } from '../transfer/account-line.ts'

const PAGE = 500

/** `edgegate user export`: all accounts on standard output, as `edgegate user import` reads them. */
export async function exportUsers(_words: readonly string[], flags: Flags): Promise<void> {
  const format = flags.format ?? 'jsonl'
  if (format !== 'csv' && format !== 'jsonl') throw new Failure('--format is csv or jsonl.', 2)
  await withEntities(flags, async (entities) => {
    const rows = accountRows(entities, flags.hashes)
    if (format === 'jsonl') await pipeline(rows, jsonLines, process.stdout, { end: false })
    else
      await pipeline(
        rows,
        stringify({
          header: true,
          columns: [...FIELDS],
          cast: { boolean: String, object: (roles) => (Array.isArray(roles) ? roles.join(';') : '') },
        }),
        process.stdout,
        { end: false },
      )
  })
}

/** Only what an import takes: second factors and what is under way stay with the secret that seals them. */
async function* accountRows(entities: Entities, withHashes: boolean): AsyncGenerator<Partial<NewUser>> {
  const fields = FIELDS.filter((field) => withHashes || field !== 'passwordHash')
  let after: string | null = null
  for (;;) {
    const page = await entities.users.list({ after, limit: PAGE })
    for (const user of page) yield Object.fromEntries(fields.map((field) => [field, user[field]]))
    after = page.at(-1)?.id ?? null
    if (page.length < PAGE) return
  }
}

async function* jsonLines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}
