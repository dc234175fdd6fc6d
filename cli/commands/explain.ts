import { justSignedIn } from '../../src/factor/just-signed-in.ts'
import type { MfaSettings } from '../../src/factor/policy.ts'
import type { Visitor } from '../../src/gate/decide.ts'
import { type Explanation, explain, type Outcome } from '../../src/gate/explain.ts'
import { DEFAULT_RULE } from '../../src/gate/rule.ts'
import { compileRules } from '../../src/gate/rules.ts'
import { findUser, withEntities } from '../accounts.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { type Output, table } from '../output.ts'
import { resolveSettings } from '../settings.ts'

/** `edgegate explain METHOD PATH [--host H] [--as USER]` */
export async function runExplain(
  [method, target]: readonly string[],
  flags: Flags,
  output: Output,
): Promise<number> {
  if (!method || !target?.startsWith('/'))
    throw new Failure('Say a method and a path: edgegate explain GET /admin/users', 2)
  const settings = await resolveSettings(flags)
  const site = flags.host
    ? settings.sites.get(flags.host.toLowerCase())
    : settings.sites.values().next().value
  if (!site)
    throw new Failure(
      `No site answers to '${flags.host}'. There are: ${[...settings.sites.keys()].join(', ')}.`,
    )
  const { basePath } = settings
  if (target === basePath || target.startsWith(`${basePath}/`)) {
    throw new Failure(`${basePath} is the gateway's own; no rule decides about it.`)
  }
  const visitor = flags.as === undefined ? null : await visitorNamed(flags.as, flags, settings.mfa)
  const request = { method: method.toUpperCase(), target, host: site.ruleHost, basePath }
  const explanation = explain(
    compileRules(site.rules, DEFAULT_RULE),
    request,
    visitor,
    settings.session.freshSeconds,
  )
  output.value(explanation, () => inWords(explanation, flags.as ?? 'anonymous visitor'))
  return 0
}

/** Somebody who has just signed in as this user. */
async function visitorNamed(name: string, flags: Flags, mfa: MfaSettings): Promise<Visitor> {
  const user = await withEntities(flags, (entities) => findUser(entities, name))
  if (user.disabledAt !== null) throw new Failure(`${name} is disabled and cannot sign in.`)
  return justSignedIn(user, mfa)
}

const MISSES = { path: 'other path', method: 'other method', host: 'other host' } as const

function inWords({ path, readings, rules, outcome }: Explanation, who: string): string {
  const rows = rules.map((rule) => [
    rule.decides ? '→' : '',
    rule.index < 0 ? 'default' : `rules[${rule.index}]`,
    rule.path,
    rule.access,
    rule.decides ? 'decides' : rule.miss === null ? 'matches, but an earlier one decides' : MISSES[rule.miss],
  ])
  const others = readings.length > 1 ? `\nAn origin may read it as: ${readings.join('  ')}` : ''
  return `${path}${others}\n\n${table(['', 'RULE', 'PATH', 'ACCESS', 'WHY'], rows)}\n\n${who}: ${outcomeText(outcome)}`
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'refused_path':
      return `400 ambiguous_path, whoever asks (${outcome.reason})`
    case 'forwarded':
      return outcome.identity
        ? 'forwarded, with identity headers and assertion'
        : 'forwarded without identity'
    case 'guest_made':
      return 'gets a guest identity and is forwarded with it'
    case 'refused':
      return `refused (${outcome.reason}): ${outcome.answer}`
  }
}
