import { PRESET_HEADERS } from '../origin/presets.ts'
import { type Dialect, neverSuccess } from './dialect.ts'

/**
 * Envoy's `ext_authz` over HTTP: the visitor's own method and host, and its path behind `path_prefix`. 200 lets pass, anything else goes to
 * the visitor. Envoy takes away what it is told to, and puts what `allowed_upstream_headers` names in the place of the visitor's.
 */
export const envoy: Dialect = {
  read({ method, headers }, below) {
    const host = headers.get('host')
    if (!host || !below.startsWith('/')) return null
    return { method, host, target: below, scheme: headers.get('x-forwarded-proto') }
  },
  notAllowed: neverSuccess,
  finish(headers) {
    // It removes after it has set: never what the answer holds.
    const unset = [...PRESET_HEADERS, 'cookie', 'authorization'].filter((name) => !headers.get(name))
    headers.set('x-envoy-auth-headers-to-remove', unset.join(','))
  },
}
