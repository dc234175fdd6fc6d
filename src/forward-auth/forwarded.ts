import { type Asked, asItIs, type Dialect, neverSuccess } from './dialect.ts'

/**
 * Caddy's `forward_auth` and Traefik's `forwardAuth`: the visitor's request is described in `X-Forwarded-*`. 2xx lets it pass, any other
 * answer goes to the visitor as it is.
 */
export const forwarded: Dialect = { read: readForwarded, notAllowed: neverSuccess }

/** HAProxy with docs/forward-auth/edgegate.lua, which asks in the same way and looks at `X-Edgegate-Decision` alone. */
export const haproxy: Dialect = { read: readForwarded, notAllowed: asItIs }

function readForwarded({ headers }: Request): Asked | null {
  const method = headers.get('x-forwarded-method')
  const host = headers.get('x-forwarded-host')
  const target = headers.get('x-forwarded-uri')
  if (!method || !host || !target) return null
  return { method, host, target, scheme: headers.get('x-forwarded-proto') }
}
