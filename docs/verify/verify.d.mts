/** What Edgegate says of a visitor; docs/headers.md explains each claim. */
export interface Visitor {
  readonly iss: string
  readonly aud: string | readonly string[]
  /** Who it is; stays the same for life. */
  readonly sub: string
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  readonly kind: 'user' | 'guest' | 'service'
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
  readonly roles: readonly string[]
  readonly fresh?: boolean
  readonly auth_time?: number
  readonly amr?: readonly string[]
  readonly [claim: string]: unknown
}

type Headers = { get(name: string): string | null } | Readonly<Record<string, string | string[] | undefined>>

/** A request of any framework, or the value of `X-Auth-Assertion`. */
export type Source = string | { readonly headers: Headers }

/** `null`: nobody. Throws when the keys cannot be had. */
export type Verify = (source: Source) => Promise<Visitor | null>

export function createVerifier(options: {
  /** The site's public address, as in `site.url`. */
  readonly issuer: string
  /** This origin, as in `origin.url` or `identity.audience`. */
  readonly audience: string
  /** Default: `/auth/.well-known/jwks.json` below the issuer. */
  readonly jwksUrl?: string
}): Verify
