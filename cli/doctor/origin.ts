import { isLoopback } from '../../src/config/loopback.ts'
import type { SiteSettings } from '../../src/config/settings.ts'
import { asks } from './ask.ts'
import { type Finding, fine, wrong } from './finding.ts'

/** `{"alg":"none"}`, `{"sub":"root"}` and no signature. */
const FORGED = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.'
const REFUSES = new Set([400, 401, 403, 421, 495, 496])
const CERTIFICATE = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|ALERT/i

/**
 * Whether the site can be opened without the gateway: from this machine, as a stranger, and as somebody who writes the identity
 * themselves. `path` should be one that needs a login. What only this machine can reach says nothing about others.
 */
export async function examineOrigin(
  site: Pick<SiteSettings, 'origin'>,
  path: string,
  isHere: (hostname: string) => boolean = isLoopback,
): Promise<Finding> {
  const { origin } = site
  if (origin.kind === 'elsewhere')
    return fine('origin', 'lies behind another proxy, which must be the only way to it')
  if (origin.kind !== 'url')
    return fine('origin', `is the binding ${origin.binding}, which has no address of its own`)
  const url = new URL(path, origin.url)
  if (isHere(url.hostname))
    return wrong(
      'warning',
      'origin',
      `${url.host} is this machine; whether others reach it cannot be seen from here`,
      {
        why: 'who reaches the site past the gateway can write any identity',
        fix: `have it listen on the loopback address only, and try from another machine: curl -i -H 'Remote-User: root' ${url.href}`,
      },
    )
  const stranger = await asks({ url: url.href })
  if (stranger.kind === 'failed')
    return fine(
      'origin',
      CERTIFICATE.test(stranger.reason)
        ? `${url.host} asks for a client certificate`
        : `${url.host} cannot be reached from here (${stranger.reason})`,
    )
  if (!REFUSES.has(stranger.status)) return open(url, stranger.status, 'anybody')
  const forger = await asks({
    url: url.href,
    headers: { 'remote-user': 'root', 'remote-groups': 'admin', 'x-auth-assertion': FORGED },
  })
  if (forger.kind === 'answered' && !REFUSES.has(forger.status))
    return open(url, forger.status, 'whoever writes Remote-User')
  return fine('origin', `${url.href} refuses who comes past the gateway (${stranger.status})`)
}

function open(url: URL, status: number, whom: string): Finding {
  return wrong('error', 'origin', `${url.href} answers ${whom} without the gateway (${status})`, {
    why: 'a login in front of it protects nothing while there is a way around',
    fix: 'close it by one of the ways in docs/lock-the-origin.md; if this path is open to all by a rule, name another: npx edgegate doctor /a/path/that/needs/a/login',
  })
}
