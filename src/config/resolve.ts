import * as v from 'valibot'
import type { Rule } from '../gate/rule.ts'
import { parseDuration } from '../lib/duration.ts'
import type { IdentityField, IdentitySettings, PresetName } from '../origin/presets.ts'
import { isLoopback } from './loopback.ts'
import { findProblems, type Problem } from './problems.ts'
import {
  type CheckedConfig,
  type CheckedIdentity,
  type CheckedOrigin,
  type CheckedRule,
  CONFIG,
  type Config,
} from './schema.ts'
import type { Budget, OriginSettings, SessionSettings, Settings, SiteSettings } from './settings.ts'
import { type SiteEntry, sitesOf } from './sites.ts'

/** What the environment may say. All of it is for development; a deployment leaves these unset. */
export interface ConfigEnvironment {
  /** The development server's address, e.g. `http://localhost:8787`: the sites answer there as well. Loopback only. */
  readonly EDGEGATE_DEV?: string | undefined
  /** Takes the place of every `origin.url`. Only together with EDGEGATE_DEV. */
  readonly EDGEGATE_ORIGIN?: string | undefined
  /** `off` lifts the sign-in limits. Only together with EDGEGATE_DEV. */
  readonly EDGEGATE_THROTTLE?: string | undefined
}

export type Resolved =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Checks a configuration and fills in the defaults. Reports every problem at once, each naming its option. Pure. */
export function resolveConfig(config: Config, environment: ConfigEnvironment = {}): Resolved {
  const parsed = v.safeParse(CONFIG, config)
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.issues.map((issue) => ({ option: optionOf(issue), message: issue.message })),
    }
  }
  const checked = parsed.output
  const development = environment.EDGEGATE_DEV ? new URL(environment.EDGEGATE_DEV) : null
  const { errors, warnings } = findProblems(checked, development)
  if (errors.length > 0) return { ok: false, problems: errors }
  return { ok: true, settings: settingsOf(checked, config, development, environment), warnings }
}

function optionOf(issue: v.BaseIssue<unknown>): string {
  const path = issue.path
    ?.map((item) => (typeof item.key === 'number' ? `[${item.key}]` : `.${String(item.key)}`))
    .join('')
  return path ? path.replace(/^\./, '') : 'config'
}

function settingsOf(
  checked: CheckedConfig,
  config: Config,
  development: URL | null,
  environment: ConfigEnvironment,
): Settings {
  const originOverride = development ? environment.EDGEGATE_ORIGIN : undefined
  const throttleOff =
    checked.throttle === 'off' || (development !== null && environment.EDGEGATE_THROTTLE === 'off')
  return {
    basePath: checked.basePath,
    sites: compileSites(checked, development, originOverride),
    session: sessionSettings(checked.session),
    password: {
      minLength: checked.password.minLength,
      words: checked.password.words,
      breachedUrl:
        checked.password.breached === true
          ? 'https://api.pwnedpasswords.com/range/'
          : checked.password.breached || null,
    },
    throttle:
      throttleOff || checked.throttle === 'off'
        ? null
        : { account: budget(checked.throttle.account), network: budget(checked.throttle.network) },
    nextAllowed: checked.next.allow.map((url) => new URL(url).href),
    auditRetentionSeconds: seconds(checked.audit.retention),
    hooks: config.hooks ?? {},
  }
}

function compileSites(
  checked: CheckedConfig,
  development: URL | null,
  originOverride: string | undefined,
): ReadonlyMap<string, SiteSettings> {
  const sites = new Map<string, SiteSettings>()
  for (const [index, entry] of sitesOf(checked).entries()) {
    const url = new URL(entry.site.url)
    for (const host of [url.host, ...entry.site.hosts]) {
      const address = new URL(url)
      address.host = host
      sites.set(host, siteSettings(entry, address, host, originOverride))
    }
    if (!development) continue
    // The first site answers at the development address itself, every site at its own name below it.
    const below = new URL(development)
    below.hostname = `${url.hostname}.localhost`
    for (const address of index === 0 ? [development, below] : [below]) {
      if (!sites.has(address.host))
        sites.set(address.host, siteSettings(entry, address, url.host, originOverride))
    }
  }
  return sites
}

function siteSettings(
  entry: SiteEntry,
  address: URL,
  ruleHost: string,
  originOverride: string | undefined,
): SiteSettings {
  const origin = originSettings(entry.origin, originOverride)
  return {
    key: new URL(entry.site.url).host,
    host: address.host,
    ruleHost,
    publicOrigin: address.origin,
    secure: address.protocol === 'https:',
    local: isLoopback(address.hostname),
    theme: {
      name: entry.site.name,
      logoUrl: entry.site.logo ?? null,
      colors: {
        accent: entry.site.colors?.accent ?? '#1f5fbf',
        accentDark: entry.site.colors?.accentDark ?? null,
      },
      links: entry.site.links,
    },
    origin,
    rules: entry.rules.map(ruleOf),
    identity: identitySettings(entry.identity),
    assertion: entry.identity.assertion
      ? {
          algorithm: entry.identity.assertion,
          audience:
            entry.identity.audience ??
            (origin.kind === 'url' ? origin.url.origin : new URL(entry.site.url).origin),
        }
      : null,
  }
}

function originSettings(origin: CheckedOrigin, override: string | undefined): OriginSettings {
  if ('assets' in origin) return { kind: 'assets', binding: origin.assets, timeoutMs: 30_000 }
  const timeoutMs = seconds(origin.timeout) * 1000
  if ('service' in origin) return { kind: 'service', binding: origin.service, timeoutMs }
  return { kind: 'url', url: new URL(override ?? origin.url), timeoutMs }
}

function ruleOf(rule: CheckedRule): Rule {
  return {
    path: rule.path,
    access: rule.access,
    methods: rule.methods ?? null,
    hosts: rule.hosts?.map((host) => host.toLowerCase()) ?? null,
    fresh: rule.fresh === undefined ? null : rule.fresh === true ? 'default' : seconds(rule.fresh),
    mfa: rule.mfa ?? false,
    via: rule.via,
    slide: rule.slide,
    deny: rule.deny,
    preflight: rule.preflight,
  }
}

function identitySettings(identity: CheckedIdentity): IdentitySettings {
  const presets: PresetName[] = []
  const headers: Record<string, IdentityField> = {}
  for (const entry of identity.headers) {
    if (typeof entry === 'string') presets.push(entry)
    else Object.assign(headers, entry)
  }
  return {
    presets,
    headers,
    user: identity.user,
    encoding: identity.encoding ?? null,
    assertion: identity.assertion !== false,
    strip: identity.strip,
    pass: identity.pass,
  }
}

function sessionSettings(session: CheckedConfig['session']): SessionSettings {
  return {
    idleSeconds: seconds(session.idle),
    absoluteSeconds: seconds(session.absolute),
    rememberSeconds: session.remember === false ? null : seconds(session.remember),
    freshSeconds: seconds(session.fresh),
    protection: session.protection,
    store: session.store,
  }
}

function budget(limits: { attempts: number; delay: string; maxDelay: string; forget: string }): Budget {
  return {
    attempts: limits.attempts,
    delaySeconds: seconds(limits.delay),
    maxDelaySeconds: seconds(limits.maxDelay),
    forgetSeconds: seconds(limits.forget),
  }
}

/** For text that the schema has accepted as a duration. */
function seconds(text: string): number {
  const parsed = parseDuration(text)
  if (parsed === null) throw new TypeError(`not a duration: ${text}`)
  return parsed
}
