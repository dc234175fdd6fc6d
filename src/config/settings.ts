import type { MfaSettings } from '../factor/policy.ts'
import type { Rule } from '../gate/rule.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { ProviderName } from '../mail/providers.ts'
import type { IdentitySettings } from '../origin/presets.ts'
import type { SiteTheme } from '../ui/theme.ts'

/** The configuration as the Worker uses it: checked, defaults filled in, durations in seconds, one entry per host. */
export interface Settings {
  readonly basePath: string
  /** By lower-case `host[:port]`. */
  readonly sites: ReadonlyMap<string, SiteSettings>
  readonly session: SessionSettings
  readonly tokens: TokenSettings
  readonly password: PasswordSettings
  readonly mfa: MfaSettings
  /** `null`: switched off, which only localhost may. */
  readonly throttle: { readonly account: Budget; readonly network: Budget } | null
  readonly nextAllowed: readonly string[]
  /** `null`: no mail, and nothing that needs it. */
  readonly mail: MailSettings | null
  /** `null`: nobody has to prove that they are no robot. */
  readonly turnstile: TurnstileSettings | null
  readonly usernames: UsernameSettings
  /** The largest form post that is kept for after a sign-in; `null`: none is. */
  readonly keptPostBytes: number | null
  /** Whether a sign-in may be approved from another device. */
  readonly handoff: boolean
  /** `open`: whoever proves an address makes an account; `invite`: whoever has an invitation; `closed`: only the operator does. */
  readonly registration: 'open' | 'invite' | 'closed'
  readonly accounts: AccountSettings
  readonly auditRetentionSeconds: number
  readonly hooks: Hooks
}

export interface SessionSettings {
  readonly idleSeconds: number
  readonly absoluteSeconds: number
  /** `null`: "keep me signed in" is not offered. */
  readonly rememberSeconds: number | null
  readonly freshSeconds: number
  readonly protection: 'none' | 'basic' | 'strong'
  readonly store: 'kv' | 'd1'
  /** Nobody is served on older knowledge of what has been ended or changed; `null`: whatever the store says. */
  readonly revocationSeconds: number | null
  /** How long known sessions go on while storage is away. */
  readonly graceSeconds: number
}

export interface TokenSettings {
  readonly accessSeconds: number
  readonly refreshSeconds: number
  /** Whether a name and a password get tokens. */
  readonly password: boolean
  readonly issuers: readonly IssuerSettings[]
  /** What becomes of bearer tokens that are nobody's whom we know. */
  readonly others: 'refuse' | 'pass'
}

/** Who may say what an account's user name is (docs/decisions/014-names-people-choose.md). */
export interface UsernameSettings {
  /** `operator` where a site is told user names: there they say who somebody is, and nobody says that of themselves. */
  readonly givenBy: 'owner' | 'operator'
  /** What rules know people by; only the operator gives these, in any case. */
  readonly reserved: ReadonlySet<string>
}

/** Somebody else whose tokens are accepted. */
export interface IssuerSettings {
  readonly name: string
  readonly issuer: string
  readonly audience: string
  readonly jwksUrl: string
  readonly algorithms: readonly string[]
  /** `null`: any. */
  readonly type: string | null
  readonly kind: 'user' | 'service'
  readonly claims: {
    readonly email: string
    readonly name: string
    readonly username: string | null
    readonly roles: string | null
  }
  readonly roleMap: Readonly<Record<string, string>> | null
  /** Keys of sites; `null`: all. */
  readonly sites: readonly string[] | null
}

/** What strangers and owners may do with accounts by themselves. */
export interface AccountSettings {
  /** Domains of addresses that sign up or are changed to; empty: all. */
  readonly emailDomains: readonly string[]
  /** New accounts of an open registration wait for the operator. */
  readonly approval: boolean
  /** A mailed link signs in. */
  readonly loginLink: boolean
  readonly emailUndoSeconds: number
  /** `null`: owners don't delete their accounts themselves. */
  readonly deletionGraceSeconds: number | null
}

export interface PasswordSettings {
  readonly minLength: number
  readonly words: readonly string[]
  /** Range API for breached passwords, or `null`. */
  readonly breachedUrl: string | null
}

export interface MailSettings {
  /** Without a name: the name of the site. */
  readonly from: { readonly name: string | null; readonly address: string }
  readonly replyTo: string | null
  readonly sender:
    | { readonly kind: 'binding'; readonly binding: string }
    | {
        readonly kind: 'http'
        readonly provider: ProviderName
        /** Name of the secret. */
        readonly key: string
        readonly api: string | null
        readonly domain: string | null
      }
    | {
        readonly kind: 'smtp'
        readonly host: string
        readonly port: number
        readonly security: 'tls' | 'starttls'
        readonly user: string
        /** Name of the secret. */
        readonly key: string
      }
    /** Development: kept and shown at `/auth/dev/mail`. */
    | { readonly kind: 'mailbox' }
}

export interface TurnstileSettings {
  readonly siteKey: string
  /** Name of the secret. */
  readonly secret: string
  readonly forms: readonly ('login' | 'register' | 'forgot')[]
  /** Where the widget comes from and its answers are checked. */
  readonly service: string
}

/** How failures become delays: free `attempts`, then `delaySeconds` doubling up to `maxDelaySeconds`. */
export interface Budget {
  readonly attempts: number
  readonly delaySeconds: number
  readonly maxDelaySeconds: number
  readonly forgetSeconds: number
}

export interface SiteSettings {
  /** Names the site in sessions and logs: the host of its configured URL, also when reached by its development address. */
  readonly key: string
  readonly host: string
  /** The configured host that rules are matched with; differs from `host` at a development address. */
  readonly ruleHost: string
  /** Scheme, host and port as visitors see them. */
  readonly publicOrigin: string
  readonly secure: boolean
  /** The domain that passkeys are made for (WebAuthn's RP ID): the site's own, or one that several share. */
  readonly rpId: string
  /** Origins beyond that domain that may use its passkeys; told where the domain is this site's own. */
  readonly relatedOrigins: readonly string[]
  /** A loopback address: platform headers are not to be believed there. */
  readonly local: boolean
  readonly theme: SiteTheme
  readonly origin: OriginSettings
  readonly rules: readonly Rule[]
  readonly identity: IdentitySettings
  readonly assertion: { readonly algorithm: 'ES256' | 'EdDSA'; readonly audience: string } | null
}

export type OriginSettings =
  | {
      readonly kind: 'url'
      readonly url: URL
      readonly timeoutMs: number
      /** The header that tells the origin a request of ours, and the variable that holds its value. */
      readonly secret: { readonly header: string; readonly variable: string } | null
    }
  | { readonly kind: 'service'; readonly binding: string; readonly timeoutMs: number }
  | { readonly kind: 'assets'; readonly binding: string; readonly timeoutMs: number }
  /** Another proxy forwards, and asks us about each request. */
  | { readonly kind: 'elsewhere'; readonly timeoutMs: number }
