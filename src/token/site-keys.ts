import type { SiteSettings } from '../config/settings.ts'
import { type AccessTokens, createAccessTokens } from './access-token.ts'
import type { Secrets } from './secrets.ts'
import { createKeyRing, type KeyRing, type KeyRingOptions } from './signing-keys.ts'

/** Signing keys turn this often; the one before stays published. */
const KEY_ROTATION_SECONDS = 30 * 86_400

type Signing = Pick<SiteSettings, 'assertion' | 'publicOrigin'>

/** The keys of one kind of a site's tokens. */
export function siteKeys(site: Signing, secrets: Secrets, purpose: KeyRingOptions['purpose']): KeyRing {
  const algorithm = site.assertion?.algorithm ?? 'ES256'
  return createKeyRing({ secrets, purpose, algorithm, rotationSeconds: KEY_ROTATION_SECONDS })
}

/** The access tokens of a site: by its address, for the gateway under its base path. */
export function siteAccessTokens(
  { publicOrigin }: Signing,
  keys: KeyRing,
  { basePath, lifetimeSeconds }: { readonly basePath: string; readonly lifetimeSeconds: number },
): AccessTokens {
  return createAccessTokens({
    keys,
    issuer: publicOrigin,
    audience: publicOrigin + basePath,
    lifetimeSeconds,
  })
}
