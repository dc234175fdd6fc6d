import { parseDuration } from '../lib/duration.ts'
import { isRoleName } from '../user/identifier.ts'
import { isLoopback } from './loopback.ts'
import { isWithin } from './passkey-domain.ts'
import type { CheckedRule } from './rule-schema.ts'
import type { CheckedConfig } from './schema.ts'
import { type SiteEntry, sitesOf } from './sites.ts'

/** Something wrong with one option, in words that say what to do. */
export interface Problem {
  readonly option: string
  readonly message: string
}

/** What the types cannot say: checks across options. Errors stop the gateway, warnings are shown by `edgegate check`. */
export function findProblems(
  config: CheckedConfig,
  development: URL | null,
): { readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] } {
  const errors: Problem[] = []
  const warnings: Problem[] = []
  if (development && !isLoopback(development.hostname)) {
    errors.push({
      option: 'EDGEGATE_DEV',
      message: 'is for development and must be a loopback address such as http://localhost:8787',
    })
  }
  if (config.sites) {
    for (const option of ['site', 'origin', 'rules', 'identity'] as const) {
      if (config[option])
        errors.push({ option, message: 'belongs into an entry of `sites` when there are several' })
    }
  } else {
    if (!config.site) errors.push({ option: 'site', message: 'is missing: { name, url }' })
    if (!config.origin)
      errors.push({
        option: 'origin',
        message: 'is missing: { url }, { service }, { assets } or { forwardAuth: true }',
      })
  }
  const entries = sitesOf(config)
  const hosts = new Set<string>()
  for (const [index, entry] of entries.entries()) {
    const at = config.sites ? `sites[${index}].` : ''
    checkSite(entry, at, hosts, errors)
    checkAudience(entry, at, config.basePath, errors)
    checkRules(entry, at, config, errors, warnings)
  }
  checkPasskeyDomain(config, errors, warnings)
  const everySiteIsLocal = entries.every((entry) => isLoopback(new URL(entry.site.url).hostname))
  if (config.throttle === 'off' && !development && !everySiteIsLocal) {
    errors.push({ option: 'throttle', message: "'off' is for localhost; raise the limits instead" })
  }
  checkTokens(config, entries, errors)
  checkMail(config, errors)
  checkNeedOfMail(config, development, errors)
  if (config.registration.approval && config.registration.mode !== 'open') {
    warnings.push({ option: 'registration.approval', message: "does nothing unless `mode` is 'open'" })
  }
  return { errors, warnings }
}

function checkMail({ mail }: CheckedConfig, errors: Problem[]): void {
  if (!mail) return
  if ('smtp' in mail.sender && mail.sender.port === 25)
    errors.push({ option: 'mail.sender.port', message: 'cannot be 25, which Cloudflare blocks: 465 or 587' })
  if (!('provider' in mail.sender)) return
  const { api } = mail.sender
  const url = api ? new URL(api) : null
  // The key and every link travel on it.
  if (url && url.protocol !== 'https:' && !isLoopback(url.hostname))
    errors.push({ option: 'mail.sender.api', message: 'must be https' })
}

/** Where nothing tells of a disabled account sooner, it is told by the next refresh. */
const MAX_ACCESS_SECONDS = 3600

function checkTokens({ tokens }: CheckedConfig, entries: readonly SiteEntry[], errors: Problem[]): void {
  if ((parseDuration(tokens.access) ?? 0) > MAX_ACCESS_SECONDS) {
    errors.push({ option: 'tokens.access', message: 'must be an hour or less; programs renew their tokens' })
  }
  const own = new Set(entries.flatMap((entry) => hostsOf(entry)))
  const seen = new Set<string>()
  for (const [index, { name, issuer, jwks, sites = [], roles = {} }] of tokens.issuers.entries()) {
    const option = `tokens.issuers[${index}]`
    const say = (member: string, message: string) => errors.push({ option: `${option}.${member}`, message })
    if (seen.has(name)) say('name', `'${name}' is used twice`)
    seen.add(name)
    if (['user', 'guest', 'service', 'key'].includes(name)) say('name', `'${name}' is how ids here begin`)
    const url = new URL(jwks)
    if (url.protocol !== 'https:' && !isLoopback(url.hostname))
      say('jwks', 'must be https: whoever answers in its place lets anybody in')
    if (own.has(URL.parse(issuer)?.host ?? ''))
      say('issuer', 'is a site of this gateway, whose tokens are accepted anyway')
    for (const site of sites) {
      if (!entries.some((entry) => new URL(entry.site.url).host === site))
        say('sites', `'${site}' is not the host of a site here`)
    }
    for (const role of Object.values(roles)) {
      if (!isRoleName(role)) say('roles', `'${role}' is not a role name`)
    }
  }
}

/** What cannot be without mail; in development there always is the mailbox. */
function checkNeedOfMail(config: CheckedConfig, development: URL | null, errors: Problem[]): void {
  if (config.mail || development) return
  const message = 'needs `mail`, as an address is proven by what is sent to it'
  if (config.registration.mode === 'open')
    errors.push({ option: 'registration.mode', message: `'open' ${message}` })
  if (config.login.link) errors.push({ option: 'login.link', message })
  if (config.mfa.emailCode)
    errors.push({ option: 'mfa.emailCode', message: 'needs `mail`, as that is what carries the code' })
}

function checkPasskeyDomain(config: CheckedConfig, errors: Problem[], warnings: Problem[]): void {
  const { passkeyDomain: domain } = config.mfa
  if (domain === undefined) return
  const option = 'mfa.passkeyDomain'
  const hosts = sitesOf(config).flatMap((entry) => hostsOf(entry).map((host) => host.replace(/:\d+$/, '')))
  if (!hosts.some((host) => isWithin(host, domain)))
    errors.push({
      option,
      message: `no site is at '${domain}' or below it; browsers make passkeys for no other`,
    })
  else if (!hosts.every((host) => isWithin(host, domain)) && !hosts.includes(domain))
    warnings.push({
      option,
      message: `sites beyond '${domain}' can use its passkeys only if https://${domain}/.well-known/webauthn names them; no site here is that host`,
    })
}

function checkSite(entry: SiteEntry, at: string, hosts: Set<string>, errors: Problem[]): void {
  const url = new URL(entry.site.url)
  for (const host of hostsOf(entry)) {
    if (hosts.has(host)) errors.push({ option: `${at}site`, message: `the host ${host} is used twice` })
    hosts.add(host)
  }
  for (const host of entry.site.hosts) {
    if (URL.parse(`https://${host}`)?.host !== host || /\*|\.(?=:|$)/.test(host)) {
      errors.push({ option: `${at}site.hosts`, message: `'${host}' is not a host such as www.acme.example` })
    }
  }
  if (/\*|\.(?=:|$)/.test(url.host)) {
    errors.push({ option: `${at}site.url`, message: 'must name one host, without * and without a final dot' })
  }
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    errors.push({
      option: `${at}site.url`,
      message: 'must be https outside localhost: cookies and passwords travel on it',
    })
  }
  if (entry.site.logo && !/^(\/(?!\/)|https:\/\/)/.test(entry.site.logo)) {
    errors.push({ option: `${at}site.logo`, message: 'must be a path such as /logo.svg or an https URL' })
  }
}

/** An origin that took this audience would take access tokens, which their holders can read and send it themselves. */
function checkAudience(entry: SiteEntry, at: string, basePath: string, errors: Problem[]): void {
  const own = hostsOf(entry).map((host) => `${new URL(entry.site.url).protocol}//${host}${basePath}`)
  if (entry.identity.audience !== undefined && own.includes(entry.identity.audience)) {
    errors.push({
      option: `${at}identity.audience`,
      message: 'is the audience of access tokens, which are for the gateway: name the origin',
    })
  }
}

function hostsOf(entry: SiteEntry): readonly string[] {
  return [new URL(entry.site.url).host, ...entry.site.hosts]
}

function checkRules(
  entry: SiteEntry,
  at: string,
  { basePath, mfa }: CheckedConfig,
  errors: Problem[],
  warnings: Problem[],
): void {
  const hosts = hostsOf(entry)
  const seen = new Map<string, number>()
  for (const [index, rule] of entry.rules.entries()) {
    const option = `${at}rules[${index}]`
    if (typeof rule.access === 'object' && 'roles' in rule.access) {
      for (const role of rule.access.roles) {
        if (!isRoleName(role))
          errors.push({ option: `${option}.access.roles`, message: `'${role}' is not a role name` })
      }
    }
    for (const named of rule.hosts ?? []) {
      if (!hosts.includes(named.toLowerCase())) {
        errors.push({
          option: `${option}.hosts`,
          message: `'${named}' is not a host of this site (${hosts.join(', ')})`,
        })
      }
    }
    const asksNobody = rule.access === 'public' || rule.access === 'optional' || rule.access === 'guest'
    if (asksNobody && (rule.fresh !== undefined || rule.mfa)) {
      errors.push({
        option,
        message: `\`fresh\` and \`mfa\` need somebody who signed in; '${rule.access}' asks nobody to`,
      })
    }
    if (rule.mfa !== undefined && mfa.policy === 'off') {
      errors.push({
        option: `${option}.mfa`,
        message: "asks for what nobody can have while `mfa.policy` is 'off'",
      })
    }
    if (rule.preflight === 'answer' && !rule.cors) {
      errors.push({
        option: `${option}.preflight`,
        message: "'answer' needs `cors`, which says what the answer is",
      })
    }
    if (rule.path === basePath || rule.path.startsWith(`${basePath}/`)) {
      warnings.push({ option, message: `never matches: ${basePath} is the gateway's own` })
    }
    const key = JSON.stringify([rule.path, rule.methods ?? null, rule.hosts ?? null])
    const earlier = seen.get(key)
    if (earlier !== undefined)
      warnings.push({ option, message: `never matches: rules[${earlier}] names the same requests first` })
    else seen.set(key, index)
    const shadow = entry.rules.findIndex((other, position) => position < index && catchesAll(other))
    if (shadow >= 0 && earlier === undefined)
      warnings.push({ option, message: `never matches: rules[${shadow}] catches everything before it` })
  }
}

function catchesAll(rule: CheckedRule): boolean {
  return rule.path === '/**' && rule.methods === undefined && rule.hosts === undefined
}
