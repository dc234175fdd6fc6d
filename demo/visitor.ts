import type { IncomingHttpHeaders } from 'node:http'

/** Whom the gateway says is asking. */
export interface Visitor {
  readonly name: string
  readonly user: string
  readonly email: string | null
  readonly groups: readonly string[]
}

/**
 * All that a site behind Edgegate has to do: read a header. It may believe it because the gateway deletes every header of
 * these names that a visitor sends, and because nobody can reach the site except through the gateway.
 */
export function readVisitor(headers: IncomingHttpHeaders): Visitor | null {
  const user = text(headers['remote-user'])
  if (user === null) return null
  return {
    user,
    name: text(headers['remote-name']) ?? user,
    email: text(headers['remote-email']),
    groups: (text(headers['remote-groups']) ?? '').split(',').filter((group) => group !== ''),
  }
}

/** The claims of a signed token, unverified: enough to look at. docs/verify shows how to check the signature. */
export function decodeAssertion(token: string | string[] | undefined): string | null {
  if (typeof token !== 'string') return null
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return JSON.stringify(claims, null, 2)
  } catch {
    return null
  }
}

/** Header values beyond ASCII arrive as percent-encoded UTF-8. */
function text(value: string | string[] | undefined): string | null {
  if (typeof value !== 'string' || value === '') return null
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
