import type { Refuse } from '../gate/protect.ts'

/** What a proxy wants to know: whether this request of its visitor may pass. */
export interface Asked {
  readonly method: string
  /** How the visitor reached the proxy; `null` where it does not say. */
  readonly scheme: string | null
  readonly host: string
  /** Path and query as the visitor sent them, byte for byte. */
  readonly target: string
}

/** How one kind of proxy asks, and which answers it understands. */
export interface Dialect {
  /** `below` is the path below the address of the check. `null`: the question is incomplete. */
  readonly read: (request: Request, below: string) => Asked | null
  /** How a refusal is worded; left out: as the gate does. */
  readonly refuse?: Refuse
  /** Puts every answer but "let it pass" into a form that this proxy cannot take for that. */
  readonly notAllowed: (response: Response, cookies: readonly string[]) => Response
  /** Completes "let it pass" with what only this proxy reads. */
  readonly finish?: (headers: Headers) => void
  /** The visitor gets the answer in any case, so "let it pass" becomes "try again". */
  readonly isForVisitor?: boolean
}

/** The same answer with a status that no proxy takes for "let it pass": a hook may answer a refusal with 200. */
export function neverSuccess(response: Response): Response {
  return response.ok ? new Response(response.body, { status: 403, headers: response.headers }) : response
}

export const asItIs = (response: Response): Response => response

/**
 * Cookies one by one, for proxies that can copy a header's first value or all of them joined, neither of which is a cookie. Only in answers
 * that no visitor gets to see: a script could read them there.
 */
export function setEachCookie(headers: Headers, cookies: readonly string[]): void {
  for (const [index, name] of COOKIE_HEADERS.entries()) headers.set(name, cookies[index] ?? '')
}

const COOKIE_HEADERS = ['x-edgegate-set-cookie-1', 'x-edgegate-set-cookie-2', 'x-edgegate-set-cookie-3']
