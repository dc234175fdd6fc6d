import type { Problem } from './problems.ts'
import type { OriginSettings, Settings } from './settings.ts'

/** What wrangler.toml and the secrets must give, apart from what `EDGEGATE_SECRET` is checked for on its own. */
export function findMissing(settings: Settings | null, env: object): readonly Problem[] {
  const given = env as Readonly<Record<string, unknown>>
  const stores = ['SESSIONS', 'DB']
    .filter((name) => given[name] === undefined)
    .map((name) => ({ option: 'wrangler.toml', message: `the binding ${name} is missing` }))
  const origins = [...(settings?.sites.values() ?? [])].map(({ origin }) => missingOf(origin, given))
  const others = settings ? [mailLack(settings, given), turnstileLack(settings, given)] : []
  return [...stores, ...[...origins, ...others].filter((problem) => problem !== null)]
}

function mailLack({ mail }: Settings, env: Readonly<Record<string, unknown>>): Problem | null {
  if (!mail || mail.sender.kind === 'mailbox') return null
  const option = 'mail.sender'
  if (mail.sender.kind !== 'binding') return secretLack(option, mail.sender.key, env)
  const { binding } = mail.sender
  if (env[binding] !== undefined) return null
  return { option, message: `there is no [[send_email]] with name = "${binding}" in wrangler.toml` }
}

function turnstileLack({ turnstile }: Settings, env: Readonly<Record<string, unknown>>): Problem | null {
  return turnstile && secretLack('turnstile.secret', turnstile.secret, env)
}

function secretLack(option: string, name: string, env: Readonly<Record<string, unknown>>): Problem | null {
  if (secretOf(env, name) !== null) return null
  return { option, message: `the secret ${name} is not set: npx wrangler secret put ${name}` }
}

/** The value of a secret that the configuration names. One that was piped into `wrangler secret put` ends in a newline. */
export function secretOf(env: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = env[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function missingOf(origin: OriginSettings, env: Readonly<Record<string, unknown>>): Problem | null {
  if (origin.kind === 'elsewhere') return null
  if (origin.kind !== 'url') {
    if (env[origin.binding] !== undefined) return null
    return {
      option: `origin.${origin.kind}`,
      message: `there is no binding '${origin.binding}' in wrangler.toml`,
    }
  }
  if (origin.secret === null || secretHeaderOf(origin, env)) return null
  return {
    option: 'origin.secret',
    message: `the secret ${origin.secret.variable} must be set to 32 or more printable ASCII characters`,
  }
}

/** The header by which the origin knows a request of ours; `null` where none is configured, or its value is missing. */
export function secretHeaderOf(
  origin: OriginSettings,
  env: Readonly<Record<string, unknown>>,
): readonly [name: string, value: string] | null {
  if (origin.kind !== 'url' || origin.secret === null) return null
  const value = env[origin.secret.variable]
  return typeof value === 'string' && /^[!-~]{32,1024}$/.test(value) ? [origin.secret.header, value] : null
}
