import { type Audit, createAudit } from './audit/audit.ts'
import { type AuditLog, createAuditLog } from './audit/audit-log.ts'
import { findMissing, secretHeaderOf, secretOf } from './config/bindings.ts'
import { type ConfigEnvironment, resolveConfig } from './config/resolve.ts'
import type { Config } from './config/schema.ts'
import type { MailSettings, OriginSettings, Settings, SiteSettings } from './config/settings.ts'
import { Fault } from './errors.ts'
import { type Apps, createApps } from './factor/apps.ts'
import { type Challenges, createChallenges } from './factor/challenges.ts'
import { createEmailCodes, type EmailCodes } from './factor/email-codes.ts'
import { createFactors, type Factors } from './factor/factors.ts'
import { createGrace, type Grace } from './factor/grace.ts'
import { createPasskeys, type Passkeys } from './factor/passkeys.ts'
import { createRecovery, type Recovery } from './factor/recovery.ts'
import { createTrustedDevices, type TrustedDevices } from './factor/trusted-devices.ts'
import { createProxySecret } from './forward-auth/proxy-secret.ts'
import { createChoices } from './gate/choices.ts'
import { type Cors, signInSharing } from './gate/cors.ts'
import { DEFAULT_RULE } from './gate/rule.ts'
import { compileRules } from './gate/rules.ts'
import { createCodes } from './handover/code.ts'
import { createHandoffs, type Handoffs } from './handover/handoffs.ts'
import { createTurnstile, type Turnstile } from './human/turnstile.ts'
import type { Identity } from './identity.ts'
import { createKeptPosts, type KeptPosts } from './kept-post/kept-posts.ts'
import { consoleLog, type Log } from './lib/log.ts'
import { once } from './lib/once.ts'
import { createSealer, type Sealer } from './lib/seal.ts'
import type { Sender } from './mail/mail.ts'
import { createMailbox, type Mailbox } from './mail/mailbox.ts'
import { createOutbox, type Outbox } from './mail/outbox.ts'
import { createSender } from './mail/sender.ts'
import { compileIdentityHeaders, identityNames } from './origin/presets.ts'
import { createHeaderFilter } from './origin/request-headers.ts'
import type { OriginTarget } from './origin/target.ts'
import { createWasmArgon2id } from './password/argon2-wasm.ts'
import { createBreachCheck } from './password/breached.ts'
import { createPasswordHasher, type PasswordHasher } from './password/hash.ts'
import { createProofs, type Proofs } from './proof/proofs.ts'
import { type Announce, createAnnounce } from './revocation/announce.ts'
import { createColoFeed } from './revocation/colo-feed.ts'
import { createFeed, type Feed } from './revocation/feed.ts'
import { createRevocations, type Revocations } from './revocation/revocations.ts'
import { OWN_COOKIE_NAMES } from './session/cookie.ts'
import { createD1Store } from './session/d1-store.ts'
import { createGuestMerges, type GuestMerges } from './session/guest-merges.ts'
import { createKvStore } from './session/kv-store.ts'
import { createPendingSignIns, type PendingSignIns } from './session/pending.ts'
import { createRemember, type Remember } from './session/remember.ts'
import { createSessions, type Sessions } from './session/sessions.ts'
import { createDevices, type Devices } from './throttle/device.ts'
import { createThrottle, type Throttle } from './throttle/throttle.ts'
import type { AccessTokens } from './token/access-token.ts'
import { type ApiKeys, createApiKeys } from './token/api-keys.ts'
import { type AssertionSigner, createAssertionSigner } from './token/assertion.ts'
import { type Credentials, createCredentials } from './token/credentials.ts'
import { createForeignIssuers } from './token/foreign-issuers.ts'
import { createRefreshFamilies, type RefreshFamilies } from './token/refresh-families.ts'
import { parseSecrets, type Secrets } from './token/secrets.ts'
import type { KeyRing } from './token/signing-keys.ts'
import { siteAccessTokens, siteKeys } from './token/site-keys.ts'
import { createToldMemory, roomBeside, type ToldMemory } from './token/told-memory.ts'
import { type CompiledTheme, compileTheme } from './ui/theme.ts'
import { createDeletions, type Deletions } from './user/deletions.ts'
import { createDirectory, type Directory } from './user/directory.ts'
import { createInvitations, type Invitations } from './user/invitations.ts'
import { createUsers, type Users } from './user/users.ts'

/** The Worker's bindings and variables. */
export interface Env extends ConfigEnvironment {
  readonly SESSIONS: KVNamespace
  readonly DB: D1Database
  /** Optional: without it only the exact limits in D1 hold. */
  readonly RATE_LIMIT?: RateLimit
  readonly EDGEGATE_SECRET?: string
  /** What a proxy proves itself with that asks about its visitors' requests (docs/forward-auth.md). */
  readonly EDGEGATE_CHECK_SECRET?: string
}

/** Everything a request needs, built once per isolate. */
export interface Services {
  readonly settings: Settings
  readonly sites: ReadonlyMap<string, Site>
  readonly db: D1Database
  readonly users: Users
  readonly directory: Directory
  readonly invitations: Invitations
  readonly proofs: Proofs
  readonly deletions: Deletions
  readonly sessions: Sessions
  readonly told: ToldMemory
  readonly remember: Remember
  readonly guestMerges: GuestMerges
  readonly refreshFamilies: RefreshFamilies
  readonly apiKeys: ApiKeys
  readonly credentials: Credentials
  readonly revocations: Revocations
  readonly feed: Feed
  readonly announce: Announce
  /** Whether a header's value is the secret that the operator's proxies know. */
  readonly isProxySecret: (value: string | null) => boolean
  readonly pending: PendingSignIns
  readonly grace: Grace
  readonly factors: Factors
  readonly passkeys: Passkeys
  readonly challenges: Challenges
  readonly apps: Apps
  /** Keeps a factor that is being set up in the browser's own form until its first code has come. */
  readonly setupSealer: Sealer
  readonly recovery: Recovery
  readonly emailCodes: EmailCodes
  readonly trusted: TrustedDevices
  readonly throttle: Throttle | null
  readonly devices: Devices
  readonly rateLimit: RateLimit | null
  /** How many secrets are in use: more than one while they are being rotated. */
  readonly secretCount: number
  readonly audit: Audit
  readonly auditLog: AuditLog
  /** `null`: no mail is configured, and nothing that needs it is offered. */
  readonly mail: Outbox | null
  /** `null`: nobody has to prove that they are no robot. */
  readonly turnstile: Turnstile | null
  /** Where mails land in development; `null` anywhere else (P21). */
  readonly mailbox: Mailbox | null
  /** `null`: form posts do not survive a sign-in. */
  readonly keptPosts: KeptPosts | null
  /** `null`: no sign-in is approved from another device. */
  readonly handoffs: Handoffs | null
  readonly hasher: () => Promise<PasswordHasher>
  readonly isBreached: ((password: string) => Promise<boolean>) | null
  /** Whether KV answers, and D1 with its tables: without them nobody can sign in. */
  readonly isHealthy: () => Promise<boolean>
  readonly now: () => number
  readonly log: Log
}

/** A site with everything that can be computed before its first request. */
export interface Site extends SiteSettings {
  /** Which rule decides about a method and a path. */
  readonly choose: ReturnType<typeof createChoices>
  /** Whether preflights are looked at before any rule. */
  readonly answersPreflights: boolean
  /** With whose scripts the state of the sign-in is shared. */
  readonly signInSharing: Cors
  readonly target: OriginTarget
  readonly originUrl: URL | null
  readonly timeoutMs: number
  readonly identityHeaders: (
    identity: Identity,
    assertion: string | null,
  ) => readonly (readonly [string, string])[]
  /** All names that `identityHeaders` may ever give. */
  readonly identityNames: readonly string[]
  readonly filterHeaders: ReturnType<typeof createHeaderFilter>
  /** Everything that verifies what this site signs. */
  readonly keyRings: readonly KeyRing[]
  readonly signer: AssertionSigner | null
  readonly accessTokens: AccessTokens
  readonly compiledTheme: () => Promise<CompiledTheme>
}

/** What tests put in place of the world. */
export interface World {
  /** Unix milliseconds. */
  readonly now?: () => number
  readonly log?: Log
  /** What isolates of one data centre share; `null`: nothing. */
  readonly caches?: Pick<CacheStorage, 'open'> | null
}

/** Builds the services, or throws the fault `misconfigured` after logging every problem. */
export function createServices(
  config: Config,
  env: Env,
  { now = Date.now, log = consoleLog, caches: shared = caches }: World = {},
): Services {
  const resolved = resolveConfig(config, env)
  const parsed = parseSecrets(env.EDGEGATE_SECRET)
  const proxySecret = createProxySecret(env.EDGEGATE_CHECK_SECRET, env.EDGEGATE_SECRET)
  const problems = [
    ...(resolved.ok ? [] : resolved.problems),
    ...(parsed.ok ? [] : [{ option: 'EDGEGATE_SECRET', message: parsed.problem }]),
    ...(proxySecret.ok ? [] : [{ option: 'EDGEGATE_CHECK_SECRET', message: proxySecret.problem }]),
    ...findMissing(resolved.ok ? resolved.settings : null, env),
  ]
  if (!resolved.ok || !parsed.ok || !proxySecret.ok || problems.length > 0) {
    log({ level: 'error', event: 'config.refused', problems })
    throw new Fault('misconfigured', 'the configuration has problems')
  }
  const { settings } = resolved
  const { secrets } = parsed
  const db = env.DB
  const users = createUsers(db)
  const audit = createAudit(db, log, now)
  const revocations = createRevocations(db)
  const store = settings.session.store === 'd1' ? createD1Store(db, now) : createKvStore(env.SESSIONS, now)
  const { revocationSeconds, graceSeconds } = settings.session
  const mailbox = createMailbox(db, now)
  const feed = createFeed({
    source: revocations,
    colo:
      shared &&
      createColoFeed({
        caches: shared,
        secret: () => secrets.derive('edgegate/revocation-feed', 32),
        origins: [...settings.sites.values()].map(({ publicOrigin }) => publicOrigin),
      }),
    boundMs: revocationSeconds === null ? null : revocationSeconds * 1000,
    graceMs: graceSeconds * 1000,
    now,
    log,
  })
  const announce = createAnnounce({ db, revocations, feed, now })
  const sessions = createSessions({
    store,
    users,
    revocations,
    feed,
    announce,
    db,
    audit,
    settings: settings.session,
    now,
    log,
  })
  const apiKeys = createApiKeys(db, users)
  return {
    settings,
    sites: new Map(
      [...settings.sites].map(([host, site]) => [
        host,
        compileSite(site, settings, env as unknown as Record<string, unknown>, secrets),
      ]),
    ),
    db,
    users,
    directory: createDirectory(db),
    invitations: createInvitations(db),
    proofs: createProofs(db, now),
    deletions: createDeletions(db),
    revocations,
    feed,
    announce,
    sessions,
    told: createToldMemory(() => roomBeside(sessions.held)),
    guestMerges: createGuestMerges(db),
    remember: createRemember(db, settings.session.rememberSeconds, now),
    apiKeys,
    credentials: createCredentials({
      apiKeys,
      issuers: createForeignIssuers(settings.tokens.issuers, {
        fetch: (url, init) => fetch(url, init),
        now,
        log,
      }),
      users,
      revocations,
      feed,
      db,
      graceMs: graceSeconds * 1000,
      now,
      log,
    }),
    refreshFamilies: createRefreshFamilies(db, users, {
      lifeSeconds: settings.tokens.refreshSeconds,
      secret: () => secrets.derive('edgegate/refresh-token', 32),
      now,
    }),
    isProxySecret: proxySecret.isProxySecret,
    throttle: settings.throttle && createThrottle(db, settings.throttle, now),
    pending: createPendingSignIns(db, now),
    grace: createGrace(db, now),
    factors: createFactors(db),
    passkeys: createPasskeys(db, now),
    challenges: createChallenges(db, () => secrets.derive('edgegate/passkey-challenge', 32), now),
    apps: createApps(
      db,
      createSealer(() => secrets.derive('edgegate/totp-seed', 32)),
      now,
    ),
    setupSealer: createSealer(() => secrets.derive('edgegate/factor-setup', 32)),
    emailCodes: createEmailCodes(db, () => secrets.derive('edgegate/factor-code', 32), now),
    recovery: createRecovery(db, () => secrets.derive('edgegate/recovery-code', 32), now),
    trusted: createTrustedDevices(db, settings.mfa.trustSeconds, now),
    devices: createDevices(() => secrets.derive('edgegate/device-cookie', 32)),
    rateLimit: settings.throttle ? (env.RATE_LIMIT ?? null) : null,
    secretCount: secrets.count,
    audit,
    auditLog: createAuditLog(db),
    mail:
      settings.mail &&
      createOutbox({
        db,
        sender: senderOf(settings.mail, mailbox, env, now),
        sealer: createSealer(() => secrets.derive('edgegate/mail-outbox', 32)),
        from: settings.mail.from,
        replyTo: settings.mail.replyTo,
        audit,
        now,
        log,
      }),
    turnstile:
      settings.turnstile &&
      createTurnstile({
        secret: secretOf(env as unknown as Record<string, unknown>, settings.turnstile.secret) ?? '',
        service: settings.turnstile.service,
        fetch: (url, init) => fetch(url, init),
        log,
      }),
    mailbox: settings.mail?.sender.kind === 'mailbox' ? mailbox : null,
    handoffs: settings.handoff
      ? createHandoffs(
          db,
          createCodes(async () => currentOf(await secrets.derive('edgegate/handoff-code', 32))),
          now,
        )
      : null,
    keptPosts:
      settings.keptPostBytes === null
        ? null
        : createKeptPosts({
            db,
            sealer: createSealer(() => secrets.derive('edgegate/kept-post', 32)),
            maxBytes: settings.keptPostBytes,
            now,
          }),
    hasher: once(async () =>
      createPasswordHasher({
        argon2: createWasmArgon2id(),
        peppers: await secrets.derive('edgegate/password-pepper', 32),
      }),
    ),
    isBreached: settings.password.breachedUrl
      ? createBreachCheck({
          fetch: (input, init) => fetch(input, init),
          url: settings.password.breachedUrl,
          log,
        })
      : null,
    isHealthy: async () => {
      const checks = [db.prepare('SELECT 1 FROM user LIMIT 1').first(), env.SESSIONS.get('health')]
      return (await Promise.allSettled(checks)).every(({ status }) => status === 'fulfilled')
    },
    now,
    log,
  }
}

function compileSite(
  site: SiteSettings,
  { basePath, tokens }: Settings,
  env: Record<string, unknown>,
  secrets: Secrets,
): Site {
  const assertionKeys = siteKeys(site, secrets, 'assertion')
  const accessKeys = siteKeys(site, secrets, 'access-token')
  return {
    ...site,
    choose: createChoices(compileRules(site.rules, DEFAULT_RULE), { host: site.ruleHost, basePath }),
    answersPreflights: site.rules.some(({ preflight }) => preflight === 'answer'),
    signInSharing: signInSharing(site.rules),
    target: targetOf(site.origin, env),
    originUrl: site.origin.kind === 'url' ? site.origin.url : null,
    timeoutMs: site.origin.timeoutMs,
    identityHeaders: compileIdentityHeaders(site.identity),
    identityNames: identityNames(site.identity),
    filterHeaders: createHeaderFilter({
      identity: site.identity,
      cookieNames: OWN_COOKIE_NAMES,
      always: [secretHeaderOf(site.origin, env)].filter((header) => header !== null),
    }),
    keyRings: [assertionKeys, accessKeys],
    signer:
      site.assertion &&
      createAssertionSigner({
        keys: assertionKeys,
        issuer: site.publicOrigin,
        audience: site.assertion.audience,
      }),
    accessTokens: siteAccessTokens(site, accessKeys, { basePath, lifetimeSeconds: tokens.accessSeconds }),
    compiledTheme: once(() => compileTheme(site.theme)),
  }
}

function currentOf(keys: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [current] = keys
  if (!current) throw new TypeError('there is always a current secret')
  return current
}

function senderOf({ sender }: MailSettings, mailbox: Mailbox, env: Env, now: () => number): Sender {
  if (sender.kind === 'mailbox') return mailbox.put
  const given = env as unknown as Readonly<Record<string, unknown>>
  const environment = {
    binding: (name: string) => given[name] as SendEmail,
    secret: (name: string) => secretOf(given, name) ?? '',
  }
  return createSender(sender, environment, now)
}

/** Requests for such a site are refused before anybody would ask its target (app.ts). */
const NOWHERE = {
  kind: 'service',
  fetcher: { fetch: () => Promise.reject(new TypeError('this site is forwarded by another proxy')) },
} as unknown as OriginTarget

function targetOf(origin: OriginSettings, env: Record<string, unknown>): OriginTarget {
  if (origin.kind === 'url') return { kind: 'url', origin: origin.url.origin }
  if (origin.kind === 'elsewhere') return NOWHERE
  return { kind: origin.kind, fetcher: env[origin.binding] as Fetcher }
}
