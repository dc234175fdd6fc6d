import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './project.ts'

const FOLDER = path.join(ROOT, 'migrations')
/** As `wrangler d1 migrations apply` makes it, so that either may go on where the other stopped. */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`

/** Names of the files in migrations/ that a database has not seen, in their order. Changes nothing. */
export async function pendingMigrations(db: D1Database): Promise<readonly string[]> {
  const kept = await db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'").first()
  const names = db.prepare('SELECT name FROM d1_migrations')
  const applied = new Set(kept ? (await names.all<{ name: string }>()).results.map(({ name }) => name) : [])
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.sql'))
  return files.sort().filter((name) => !applied.has(name))
}

/**
 * Applies what is missing of migrations/ to local data. Each file is one batch: all of it or nothing. The deployed database is wrangler's to
 * migrate.
 */
export async function applyMigrations(db: D1Database): Promise<void> {
  const pending = await pendingMigrations(db)
  await db.prepare(TABLE).run()
  for (const name of pending) {
    const statements = splitStatements(readFileSync(path.join(FOLDER, name), 'utf8'))
    await db.batch([
      ...statements.map((statement) => db.prepare(statement)),
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?1)').bind(name),
    ])
  }
}

/** Statements of a migration file: ours have no triggers and no semicolons within. */
export function splitStatements(sql: string): readonly string[] {
  return sql
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
