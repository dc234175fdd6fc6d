import type { NewUser } from '../../src/user/user.ts'
import type { Entities } from '../storage.ts'
import { type LineRefusal, type RefusalCode, readAccountLine } from './account-line.ts'
import type { Line } from './read-lines.ts'

export interface RefusedLine {
  readonly line: number
  readonly code: RefusalCode
  readonly message: string
}

export interface ImportCounts {
  read: number
  imported: number
  /** Accounts that are there already under the same address (or the same name where there is no address): nothing happens to them. */
  existing: number
  refused: number
}

export interface ImportOptions {
  readonly dryRun: boolean
  readonly vouched: boolean
  readonly onRefused: (refused: RefusedLine) => void
  /** After each piece of the file. */
  readonly onProgress: (counts: ImportCounts) => void
}

/** Accounts that go into the database together: one parameter, of which D1 takes two megabytes. */
const CHUNK = 500

interface Draft {
  readonly line: number
  readonly user: NewUser
}

/**
 * Imports accounts piece by piece. Every piece is one transaction with its audit row, and what is there already is left alone: a run that was
 * interrupted is simply run again.
 */
export async function importAccounts(
  entities: Entities,
  lines: AsyncIterable<Line>,
  options: ImportOptions,
): Promise<ImportCounts> {
  const counts: ImportCounts = { read: 0, imported: 0, existing: 0, refused: 0 }
  /** Only a dry run has to remember names; otherwise the database does. */
  const claimed = new Set<string>()
  let chunk: Draft[] = []

  function refuse(line: number, { code, message }: LineRefusal): void {
    counts.refused++
    options.onRefused({ line, code, message })
  }

  async function finish(): Promise<void> {
    const drafts = chunk
    chunk = []
    if (drafts.length > 0) {
      const fresh = await withoutKnown(drafts)
      if (options.dryRun) rehearse(fresh)
      else await insert(fresh)
    }
    options.onProgress(counts)
  }

  /** Sorts out what is in the database under one of the names. */
  async function withoutKnown(drafts: readonly Draft[]): Promise<readonly Draft[]> {
    const names = drafts.flatMap(({ user }) => [user.email, user.username].filter((name) => name !== null))
    const { results } = await entities.users
      .selectNamed(names)
      .all<{ email: string | null; username: string | null }>()
    const known = new Set(results.flatMap(({ email, username }) => [email, username]))
    return drafts.filter(({ line, user }) => {
      if (known.has(user.email ?? user.username)) {
        counts.existing++
        return false
      }
      if (user.username === null || !known.has(user.username)) return true
      refuse(line, taken(user.username))
      return false
    })
  }

  async function insert(drafts: readonly Draft[]): Promise<void> {
    const [first] = drafts
    if (!first) return
    const [inserted] = await entities.db.batch<{ id: string }>([
      entities.users.insertAll(drafts.map(({ user }) => user)),
      entities.audit.statement({
        event: 'users.imported',
        site: null,
        userId: null,
        sessionId: null,
        network: null,
        requestId: null,
        detail: { by: 'command line', firstLine: first.line, lines: drafts.length },
      }),
    ])
    const ids = new Set(inserted?.results.map(({ id }) => id))
    for (const { line, user } of drafts) {
      // Two lines of one piece with the same name: the second finds it taken.
      if (ids.has(user.id)) counts.imported++
      else refuse(line, taken(user.email ?? user.username))
    }
  }

  function rehearse(drafts: readonly Draft[]): void {
    for (const { line, user } of drafts) {
      const names = [user.id, user.email, user.username].filter((name) => name !== null)
      if (names.some((name) => claimed.has(name))) {
        refuse(line, taken(user.email ?? user.username))
        continue
      }
      for (const name of names) claimed.add(name)
      counts.imported++
    }
  }

  for await (const { number, value } of lines) {
    counts.read++
    const account = readAccountLine(value, { now: entities.now(), vouched: options.vouched })
    if (account.kind === 'refused') refuse(number, account)
    else chunk.push({ line: number, user: account.user })
    if (chunk.length >= CHUNK) await finish()
  }
  await finish()
  return counts
}

function taken(name: string | null): LineRefusal {
  return {
    kind: 'refused',
    code: 'taken',
    message: `'${name ?? ''}' belongs to another account, or stands in an earlier line`,
  }
}
