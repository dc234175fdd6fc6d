import * as v from 'valibot'
import type { MfaSettings } from '../factor/policy.ts'
import type { Cors } from '../gate/cors.ts'
import type { Rule } from '../gate/rule.ts'
import { parseDuration } from '../lib/duration.ts'
import { parseSize } from '../lib/size.ts'
import type { IdentityField, IdentitySettings, PresetName } from '../origin/presets.ts'
import { isLoopback } from './loopback.ts'
import { mailSettings } from './mail-settings.ts'
import { originsBeyond, rpIdOf } from './passkey-domain.ts'
import { findProblems, type Problem } from './problems.ts'
import type { CheckedRule } from './rule-schema.ts'
import { type CheckedConfig, CONFIG, type Config } from './schema.ts'
import type {
  AccountSettings,
  Budget,
  OriginSettings,
  SessionSettings,
  Settings,
  SiteSettings,
  TokenSettings,
} from './settings.ts'
import type { CheckedIdentity, CheckedOrigin } from './site-schema.ts'
import { type SiteEntry, sitesOf } from './sites.ts'
import { usernameSettings } from './username-settings.ts'
import { withoutValues } from './without.ts'

/** What the environment may say. All of it is for development; a deployment leaves these unset. */
export interface ConfigEnvironment {
  /** The development server's address, e.g. `http://localhost:8787`: the sites answer there as well. Loopback only. */
  readonly EDGEGATE_DEV?: string | undefined
  /** Takes the place of every `origin.url`. Only together with EDGEGATE_DEV. */
  readonly EDGEGATE_ORIGIN?: string | undefined
  /** `off` lifts the sign-in limits. Only together with EDGEGATE_DEV. */
  readonly EDGEGATE_THROTTLE?: string | undefined
  /** Takes the place of https://challenges.cloudflare.com. Only together with EDGEGATE_DEV, where Turnstile is off without it. */
  readonly EDGEGATE_TURNSTILE?: string | undefined
}

export type Resolved =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Checks a configuration and fills in the defaults. Reports every problem at once, each naming its option. Pure. */
export function resolveConfig(config: Config, environment: ConfigEnvironment = {}): Resolved {
  const read = readEnvironment(environment)
  const parsed = v.safeParse(CONFIG, config)
  if (!parsed.success) {
    const misfits = parsed.issues.map((issue) => ({ option: optionOf(issue), message: issue.message }))
    const rest = checkWithout(config, parsed.issues)
    const errors = rest ? findProblems(rest, read.development).errors : []
    return { ok: false, problems: [...misfits, ...errors.filter(isNewsAfter(misfits)), ...read.problems] }
  }
  const { errors, warnings } = findProblems(parsed.output, read.development)
  const problems = [...errors, ...read.problems]
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, settings: settingsOf(parsed.output, config, read), warnings }
}

/** What is left of a configuration when everything has been taken out that is wrong by itself; `null` when that is too little. */
function checkWithout(config: Config, issues: readonly v.BaseIssue<unknown>[]): CheckedConfig | null {
  let [rest, left]: [unknown, typeof issues] = [config, issues]
  // Taking out what an option cannot be without makes that one wrong: then it goes as well.
  for (let depth = 0; depth < 4; depth++) {
    rest = withoutValues(rest, left.map(placeOf))
    const parsed = v.safeParse(CONFIG, rest)
    // Several sites that are gone are not one site that is missing.
    if (parsed.success) return config.sites && !parsed.output.sites ? null : parsed.output
    left = parsed.issues
  }
  return null
}

/** Whether a problem is not only that a misfit has been taken out. */
function isNewsAfter(misfits: readonly Problem[]): (problem: Problem) => boolean {
  return ({ option }) =>
    (option !== 'site' && option !== 'origin') ||
    !misfits.some((misfit) => misfit.option === option || misfit.option.startsWith(`${option}.`))
}

interface Development {
  readonly development: URL | null
  readonly origin: URL | null
  readonly throttleOff: boolean
  readonly turnstile: URL | null
}

function readEnvironment(
  environment: ConfigEnvironment,
): Development & { readonly problems: readonly Problem[] } {
  const { EDGEGATE_DEV, EDGEGATE_ORIGIN, EDGEGATE_THROTTLE, EDGEGATE_TURNSTILE } = environment
  if (!EDGEGATE_DEV)
    return { development: null, origin: null, throttleOff: false, turnstile: null, problems: [] }
  const [development, origin] = [
    readAddress(EDGEGATE_DEV),
    EDGEGATE_ORIGIN ? readAddress(EDGEGATE_ORIGIN) : null,
  ]
  const problems: Problem[] = []
  if (!development)
    problems.push({ option: 'EDGEGATE_DEV', message: 'is no URL such as http://localhost:8787' })
  if (EDGEGATE_ORIGIN && !origin)
    problems.push({ option: 'EDGEGATE_ORIGIN', message: 'is no URL such as http://localhost:9000' })
  const turnstile = EDGEGATE_TURNSTILE ? readAddress(EDGEGATE_TURNSTILE) : null
  return { development, origin, throttleOff: EDGEGATE_THROTTLE === 'off', turnstile, problems }
}

function readAddress(text: string): URL | null {
  const url = URL.parse(text)
  return url && /^https?:$/.test(url.protocol) ? url : null
}

function placeOf(issue: v.BaseIssue<unknown>): readonly PropertyKey[] {
  return issue.path?.map(({ key }) => key as PropertyKey) ?? []
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
  { development, origin, throttleOff, turnstile }: Development,
): Settings {
  const sites = compileSites(checked, development, origin)
  return {
    basePath: checked.basePath,
    sites,
    usernames: usernameSettings([...sites.values()]),
    session: sessionSettings(checked.session),
    tokens: tokenSettings(checked.tokens),
    mfa: mfaSettings(checked.mfa),
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
    registration: checked.registration.mode,
    turnstile: turnstileSettings(checked, development !== null, turnstile),
    accounts: accountSettings(checked),
    mail: mailSettings(checked.mail, development !== null),
    nextAllowed: checked.next.allow.map((url) => new URL(url).href),
    handoff: checked.handoff,
    keptPostBytes: checked.posts.keep === false ? null : parseSize(checked.posts.keep),
    auditRetentionSeconds: seconds(checked.audit.retention),
    hooks: config.hooks ?? {},
  }
}

/** In development there may be no internet: off, unless a service is named. */
function turnstileSettings(
  { turnstile }: CheckedConfig,
  isDevelopment: boolean,
  service: URL | null,
): Settings['turnstile'] {
  if (!turnstile || (isDevelopment && !service)) return null
  const { siteKey, secret, on } = turnstile
  return { siteKey, secret, forms: on, service: service?.origin ?? 'https://challenges.cloudflare.com' }
}

function compileSites(
  checked: CheckedConfig,
  development: URL | null,
  originOverride: URL | null,
): ReadonlyMap<string, SiteSettings> {
  const sites = new Map<string, SiteSettings>()
  const { passkeyDomain } = checked.mfa
  const shared = { passkeyDomain, beyond: originsBeyond(sitesOf(checked), passkeyDomain) }
  for (const [index, entry] of sitesOf(checked).entries()) {
    const url = new URL(entry.site.url)
    for (const host of [url.host, ...entry.site.hosts]) {
      const address = new URL(url)
      address.host = host
      sites.set(host, siteSettings(entry, address, host, originOverride, shared))
    }
    if (!development) continue
    // The first site answers at the development address itself, every site at its own name below it.
    const below = new URL(development)
    below.hostname = `${url.hostname}.localhost`
    for (const address of index === 0 ? [development, below] : [below]) {
      if (!sites.has(address.host))
        sites.set(address.host, siteSettings(entry, address, url.host, originOverride, shared))
    }
  }
  return sites
}

function siteSettings(
  entry: SiteEntry,
  address: URL,
  ruleHost: string,
  originOverride: URL | null,
  shared: { readonly passkeyDomain: string | undefined; readonly beyond: readonly string[] },
): SiteSettings {
  const origin = originSettings(entry.origin, originOverride)
  return {
    key: new URL(entry.site.url).host,
    host: address.host,
    ruleHost,
    publicOrigin: address.origin,
    secure: address.protocol === 'https:',
    rpId: rpIdOf(address.hostname, shared.passkeyDomain),
    relatedOrigins: address.hostname === shared.passkeyDomain ? shared.beyond : [],
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

function originSettings(origin: CheckedOrigin, override: URL | null): OriginSettings {
  if ('forwardAuth' in origin) return { kind: 'elsewhere', timeoutMs: 30_000 }
  if ('assets' in origin) return { kind: 'assets', binding: origin.assets, timeoutMs: 30_000 }
  const timeoutMs = seconds(origin.timeout) * 1000
  if ('service' in origin) return { kind: 'service', binding: origin.service, timeoutMs }
  return { kind: 'url', url: override ?? new URL(origin.url), timeoutMs, secret: origin.secret ?? null }
}

function ruleOf(rule: CheckedRule): Rule {
  return {
    path: rule.path,
    access: rule.access,
    methods: rule.methods ?? null,
    hosts: rule.hosts?.map((host) => host.toLowerCase()) ?? null,
    fresh: rule.fresh === undefined ? null : rule.fresh === true ? 'default' : seconds(rule.fresh),
    mfa: rule.mfa === undefined ? null : rule.mfa === true ? 'once' : seconds(rule.mfa),
    via: rule.via,
    scopes: rule.scopes ?? [],
    slide: rule.slide,
    deny: rule.deny,
    preflight: rule.preflight ?? (rule.cors ? 'answer' : 'refuse'),
    cors: rule.cors ? corsOf(rule.cors) : null,
    revocation: rule.revocation ?? 'bounded',
  }
}

function corsOf(cors: NonNullable<CheckedRule['cors']>): Cors {
  return {
    origins: cors.origins,
    credentials: cors.credentials ?? false,
    methods: cors.methods?.join(', ') ?? null,
    headers: cors.headers.join(', '),
    maxAgeSeconds: seconds(cors.maxAge),
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

function mfaSettings({ policy, grace, trust, emailCode }: CheckedConfig['mfa']): MfaSettings {
  return {
    isOffered: policy !== 'off',
    requiredFor:
      policy === 'required'
        ? 'everybody'
        : typeof policy === 'object'
          ? { roles: policy.requiredFor }
          : 'nobody',
    graceSeconds: grace === false ? 0 : seconds(grace),
    trustSeconds: trust === false ? null : seconds(trust),
    emailCode,
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
    revocationSeconds: session.revocation === 'eventual' ? null : seconds(session.revocation),
    graceSeconds: seconds(session.grace),
  }
}

function tokenSettings(tokens: CheckedConfig['tokens']): TokenSettings {
  return {
    accessSeconds: seconds(tokens.access),
    refreshSeconds: seconds(tokens.refresh),
    password: tokens.password,
    others: tokens.others,
    issuers: tokens.issuers.map(({ jwks, type, claims, roles, sites, ...issuer }) => ({
      ...issuer,
      jwksUrl: jwks,
      type: type ?? null,
      claims: { ...claims, username: claims.username ?? null, roles: claims.roles ?? null },
      roleMap: roles ?? null,
      sites: sites ?? null,
    })),
  }
}

function accountSettings({ registration, login, account }: CheckedConfig): AccountSettings {
  return {
    emailDomains: registration.emailDomains,
    approval: registration.approval,
    loginLink: login.link,
    emailUndoSeconds: seconds(account.emailUndo),
    deletionGraceSeconds: account.deletion === false ? null : seconds(account.deletion.grace),
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
