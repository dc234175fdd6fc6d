import { isEqualSecret } from '../lib/equal.ts'
import { listSecrets } from '../token/secrets.ts'

export type ProxySecret =
  | { readonly ok: true; readonly isProxySecret: (value: string | null) => boolean }
  | { readonly ok: false; readonly problem: string }

/** A secret is never longer; what is need not be looked at. */
const MAX_LENGTH = 1024

/**
 * Reads `EDGEGATE_CHECK_SECRET` (`current` or `current,previous`). Unset, nobody can prove anything. It must not be the
 * gateway's own secret: it lies in the configuration of every proxy.
 */
export function createProxySecret(text: string | undefined, ownSecret: string | undefined): ProxySecret {
  if (text === undefined || text.trim() === '') return { ok: true, isProxySecret: () => false }
  const listed = listSecrets('EDGEGATE_CHECK_SECRET', text)
  if (!listed.ok) return listed
  const encoder = new TextEncoder()
  const own = (ownSecret ?? '').split(',').map((entry) => encoder.encode(entry.trim()))
  if (listed.entries.some((entry) => own.some((other) => isEqualSecret(entry, other)))) {
    return {
      ok: false,
      problem: 'EDGEGATE_CHECK_SECRET must not be EDGEGATE_SECRET: proxies know it, and it signs',
    }
  }
  return {
    ok: true,
    isProxySecret: (value) => {
      if (value === null || value.length > MAX_LENGTH) return false
      const presented = encoder.encode(value)
      // Each is compared, so that the time does not tell which one is near.
      return listed.entries.map((entry) => isEqualSecret(entry, presented)).includes(true)
    },
  }
}
