import { readFileSync } from 'node:fs'
import { unstable_readConfig } from 'wrangler'
import type { Problem } from '../src/config/problems.ts'
import type { ConfigEnvironment } from '../src/config/resolve.ts'
import type { Settings } from '../src/config/settings.ts'

/** What matters of wrangler.toml. */
export interface Deployment {
  readonly workers_dev?: boolean | undefined
  readonly preview_urls?: boolean | undefined
  readonly routes?:
    | readonly (string | { readonly pattern: string; readonly custom_domain?: boolean })[]
    | undefined
  readonly assets?:
    | { readonly binding?: string; readonly run_worker_first?: boolean | readonly string[] }
    | undefined
  readonly cache?: { readonly enabled?: boolean } | undefined
  readonly compatibility_flags?: readonly string[] | undefined
  readonly services?: readonly { readonly binding: string }[] | undefined
  readonly send_email?: readonly { readonly name: string }[] | undefined
  readonly secrets?: { readonly required?: readonly string[] } | undefined
  readonly triggers?: { readonly crons?: readonly string[] } | undefined
  readonly vars?: Readonly<Record<string, unknown>> | undefined
  readonly observability?: { readonly enabled?: boolean; readonly redact_query_string?: boolean } | undefined
}

/** What a deployment must not say: each of them takes a protection away (src/config/resolve.ts). */
const FOR_DEVELOPMENT = [
  'EDGEGATE_DEV',
  'EDGEGATE_ORIGIN',
  'EDGEGATE_THROTTLE',
  'EDGEGATE_TURNSTILE',
] as const satisfies readonly (keyof ConfigEnvironment)[]

export function readDeployment(file: string): Deployment {
  readFileSync(file)
  return unstable_readConfig({ config: file }, { hideWarnings: true }) as unknown as Deployment
}

/**
 * The ways in which a correct gateway is walked around (docs/deploy.md has a section for each). Errors are certain holes,
 * warnings depend on what cannot be seen from here. Pure.
 */
export function findHoles(
  deployment: Deployment,
  settings: Settings,
): { readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] } {
  const errors: Problem[] = []
  const warnings: Problem[] = []
  const error = (option: string, message: string) => errors.push({ option, message })
  const warn = (option: string, message: string) => warnings.push({ option, message })

  if (deployment.workers_dev !== false) {
    error(
      'workers_dev',
      'must be false: the workers.dev address is a second way in, on a host that no rule was written for',
    )
  }
  if (deployment.preview_urls !== false) {
    error('preview_urls', 'must be false: every uploaded version gets a public address')
  }
  if (deployment.cache?.enabled) {
    error('cache', 'must be off: Workers Caching answers in front of the Worker, without a login')
  }
  if (deployment.assets && deployment.assets.run_worker_first !== true) {
    error(
      'assets',
      'needs run_worker_first = true: static files are otherwise served before the Worker sees the request',
    )
  }
  for (const name of FOR_DEVELOPMENT) {
    if (deployment.vars && name in deployment.vars)
      error(`vars.${name}`, 'is for development only, where `edgegate dev` sets it: take it out')
  }
  checkMail(deployment, settings, { error, warn })
  if (settings.turnstile) checkSecret(deployment, settings.turnstile.secret, { error, warn })
  const sites = [...settings.sites.values()]
  for (const site of sites) {
    const { origin } = site
    if (origin.kind === 'assets' && deployment.assets?.binding !== origin.binding) {
      error('origin.assets', `wrangler.toml has no [assets] with binding = "${origin.binding}"`)
    }
    if (
      origin.kind === 'service' &&
      !deployment.services?.some(({ binding }) => binding === origin.binding)
    ) {
      error('origin.service', `wrangler.toml has no [[services]] with binding = "${origin.binding}"`)
    }
    // Visitors come to the other proxy; the gateway's own host is none of its sites.
    if (origin.kind === 'elsewhere') continue
    checkPlacement(deployment, site.host, origin.kind === 'url' ? origin.url : null, { error, warn })
  }
  if (deployment.observability?.enabled && deployment.observability.redact_query_string !== true) {
    warn(
      'observability',
      'set redact_query_string = true: query strings carry secrets of the site and would be logged',
    )
  }
  if (sites.some(({ origin }) => origin.kind === 'url' && origin.secret === null)) {
    warn(
      'origin',
      'make the origin refuse whoever is not the gateway (docs/lock-the-origin.md): otherwise it can be opened directly',
    )
  }
  return { errors, warnings }
}

interface Say {
  readonly error: (option: string, message: string) => void
  readonly warn: (option: string, message: string) => void
}

function checkMail(deployment: Deployment, { mail }: Settings, say: Say): void {
  if (!mail) {
    say.warn(
      'mail',
      'is not configured: nobody is told by mail of a new device or a changed password (docs/mail.md)',
    )
    return
  }
  const { sender } = mail
  if (sender.kind === 'binding' && !deployment.send_email?.some(({ name }) => name === sender.binding)) {
    say.error('mail.sender', `wrangler.toml has no [[send_email]] with name = "${sender.binding}"`)
  }
  if (sender.kind === 'http' || sender.kind === 'smtp') checkSecret(deployment, sender.key, say)
  if (!deployment.triggers?.crons?.some((cron) => cron.startsWith('*'))) {
    say.warn('triggers', 'no cron begins with *: a mail that cannot be sent at once waits for the next one')
  }
}

function checkSecret(deployment: Deployment, name: string, say: Say): void {
  if (deployment.vars && name in deployment.vars)
    say.error(`vars.${name}`, `is a secret and must not stand in a file: npx wrangler secret put ${name}`)
  if (!deployment.secrets?.required?.includes(name))
    say.warn('secrets.required', `does not list ${name}: with it a deployment without the key is refused`)
}

function checkPlacement(deployment: Deployment, host: string, origin: URL | null, say: Say): void {
  const routes = deployment.routes ?? []
  const strictlyPublic = deployment.compatibility_flags?.includes('global_fetch_strictly_public') ?? false
  const own = routes.filter((route) => patternOf(route).split('/')[0] === host)
  if (own.length === 0) say.warn('routes', `nothing leads ${host} to the gateway yet`)
  for (const route of own) {
    const isDomain = typeof route === 'object' && route.custom_domain === true
    if (isDomain) {
      if (origin?.host === host)
        say.error(
          'origin.url',
          `${host} is the gateway itself (custom domain): the site needs an address of its own`,
        )
      continue
    }
    if (!patternOf(route).endsWith('/*')) {
      say.error(
        'routes',
        `'${patternOf(route)}' covers a part of ${host}: end it with /* or what it leaves out is open`,
      )
    }
    if (origin?.host === host && strictlyPublic) {
      say.error(
        'compatibility_flags',
        'global_fetch_strictly_public sends a fetch to the same host back to the gateway: a loop. Remove it on a route',
      )
    }
    say.warn(
      'routes',
      `set the request limit failure mode of the route on ${host} to "fail closed": open means no login once the quota is used up`,
    )
  }
}

function patternOf(route: string | { readonly pattern: string }): string {
  return typeof route === 'string' ? route : route.pattern
}
