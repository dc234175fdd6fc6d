import { pendingMigrations } from '../migrations.ts'
import { type Finding, fine, wrong } from './finding.ts'

/** A mail that is due for longer than this is not being sent. */
const MAIL_LATE_MS = 15 * 60_000

/** Schema, administrators and mails in the database itself. `now` is unix milliseconds. */
export async function examineDatabase(db: D1Database, now: number): Promise<readonly Finding[]> {
  const schema = await examineSchema(db)
  if (schema.state === 'error') return [schema]
  return [schema, await examineAdmins(db), await examineMails(db, now)]
}

async function examineSchema(db: D1Database): Promise<Finding> {
  const pending = await pendingMigrations(db)
  if (pending.length === 0) return fine('schema', 'all migrations are applied')
  return wrong('error', 'schema', `missing: ${pending.join(', ')}`, {
    why: 'the gateway asks for tables and columns that are not there: sign-ins answer 503',
    fix: 'npx edgegate upgrade --remote',
  })
}

async function examineAdmins(db: D1Database): Promise<Finding> {
  const found = await db
    .prepare(
      `SELECT count(*) AS count FROM user, json_each(user.roles) AS role
       WHERE role.value = 'admin' AND disabled_at IS NULL`,
    )
    .first<{ count: number }>()
  const count = found?.count ?? 0
  if (count > 0) return fine('admins', count === 1 ? 'one administrator' : `${count} administrators`)
  return wrong('warning', 'admins', 'nobody has the role admin', {
    why: 'nobody can open the admin pages, or rules that ask for that role',
    fix: 'npx edgegate user add you@example.com --role admin',
  })
}

async function examineMails(db: D1Database, now: number): Promise<Finding> {
  const found = await db
    .prepare('SELECT count(*) AS count FROM mail WHERE due_at <= ?1 AND expires_at > ?2')
    .bind(now - MAIL_LATE_MS, now)
    .first<{ count: number }>()
  const late = found?.count ?? 0
  if (late === 0) return fine('mail', 'no mail is late')
  return wrong('warning', 'mail', `${late} mails have been due for more than a quarter of an hour`, {
    why: 'the sender refuses them, or the cron trigger that tries again does not run',
    fix: 'look for mail.failed in the log, and for `crons` in wrangler.toml (docs/mail.md)',
  })
}
