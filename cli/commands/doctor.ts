import path from 'node:path'
import type { Problem } from '../../src/config/problems.ts'
import type { Settings } from '../../src/config/settings.ts'
import { createTickets } from '../../src/doctor/tickets.ts'
import { placeOf } from '../accounts.ts'
import { findHoles, readDeployment } from '../deployment.ts'
import { examineDatabase } from '../doctor/database.ts'
import { type Finding, fine, wrong } from '../doctor/finding.ts'
import { examineGateway } from '../doctor/gateway.ts'
import { examineOrigin } from '../doctor/origin.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import type { Output } from '../output.ts'
import { ROOT } from '../project.ts'
import { resolveSettings } from '../settings.ts'
import { withBindings } from '../storage.ts'

const LOCAL_URL = 'http://localhost:8787'

/** `edgegate doctor [PATH]`: configuration, database, the running gateway, the origin. Ends with 1 when something is wrong. */
export async function runDoctor(
  [target = '/']: readonly string[],
  flags: Flags,
  output: Output,
): Promise<number> {
  if (!target.startsWith('/'))
    throw new Failure('Name a path of the site that needs a login, such as /reports.', 2)
  const settings = await resolveSettings(flags)
  const findings: Finding[] = []
  const note = (more: readonly Finding[]) => {
    findings.push(...more)
    if (!flags.json) for (const finding of more) output.note(inWords(finding))
  }
  note(examineConfiguration(settings))
  const ticket = await examineStorage(flags, note)
  const { basePath } = settings
  for (const [host, site] of settings.sites) {
    if (host !== site.ruleHost) continue
    const url = flags.url ?? (flags.remote ? site.publicOrigin : LOCAL_URL)
    note(await examineGateway({ url: url.replace(/\/$/, ''), basePath, ticket, now: Date.now }))
    note([await examineOrigin(site, target)])
    if (flags.url !== undefined || !flags.remote) break
  }
  const errors = findings.filter(({ state }) => state === 'error').length
  const warnings = findings.filter(({ state }) => state === 'warning').length
  output.value({ ok: errors === 0, errors, warnings, findings }, () =>
    errors + warnings === 0 ? '\nAll is well.' : `\n${errors} to mend, ${warnings} to look at.`,
  )
  return errors === 0 ? 0 : 1
}

function examineConfiguration(settings: Settings): readonly Finding[] {
  const { errors, warnings } = findHoles(readDeployment(path.join(ROOT, 'wrangler.toml')), settings)
  const finding = (state: 'error' | 'warning') => (problem: Problem) =>
    wrong(state, 'config', `${problem.option}: ${problem.message}`, {
      why: 'it is a way around the gateway, or may be one',
      fix: 'docs/deploy.md, "Ways around a gateway"',
    })
  // Whether the origin is closed is tried below, not only called to mind.
  const seen = warnings.filter(({ option }) => option !== 'origin')
  const found = [...errors.map(finding('error')), ...seen.map(finding('warning'))]
  return found.length > 0
    ? found
    : [fine('config', 'nothing in the configuration is a way around the gateway')]
}

/** Looks into the database and leaves a ticket there; `null` where that is not possible. */
async function examineStorage(
  flags: Flags,
  note: (findings: readonly Finding[]) => void,
): Promise<string | null> {
  const look = async (DB: D1Database) => {
    note(await examineDatabase(DB, Date.now()))
    return await createTickets(DB, Date.now)
      .issue()
      .catch(() => null)
  }
  return await withBindings(placeOf(flags), ({ DB }) => look(DB), { migrate: false })
}

const MARKS = { ok: '✓', warning: '!', error: '✗' } as const

function inWords({ check, state, what, why, fix }: Finding): string {
  const head = `${MARKS[state]} ${check.padEnd(9)}${what}`
  return state === 'ok' ? head : `${head}\n${' '.repeat(11)}why: ${why}\n${' '.repeat(11)}fix: ${fix}`
}
