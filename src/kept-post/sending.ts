import { readBytes } from '../http/body.ts'
import { isFromOwnPages } from '../http/same-site.ts'
import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { readCookie } from '../session/cookie.ts'
import type { KeptPost } from './kept-posts.ts'

/** The one field of the form that sends a kept post. */
export const SENDING_FIELD = 'edgegate-post'
const MAX_BYTES = 64
const SENDING = new RegExp(`^${SENDING_FIELD}=([A-Za-z0-9_-]{22})\r\n$`)

/**
 * The form that sends a kept post goes to the very address that the post was meant for, so that the answer is shown there: relative
 * links, cookies with a path, the browser's history, all as if the session had never ended. Its enctype is `text/plain`, which sites
 * do not use, so that nothing else need be looked at.
 */
export function maySend({ headers }: Request): boolean {
  return headers.get('content-type')?.startsWith('text/plain') === true && sizeOf(headers) <= MAX_BYTES
}

/** The id that the form of our page names. Reads the body: `rest` is the request to go on with where it names none. */
export async function readSending(
  visit: Visit,
): Promise<{ readonly id: string } | { readonly id: null; readonly rest: Request }> {
  const { request, site, cookies } = visit
  const isOurs =
    readCookie(request.headers.get('cookie'), cookies.kept) !== null &&
    isFromOwnPages(request.headers, site.publicOrigin) &&
    !request.bodyUsed
  if (!isOurs) return { id: null, rest: request }
  const body = await readBytes(request, MAX_BYTES)
  // Longer than it said: no server takes that.
  if (typeof body === 'string') return { id: null, rest: request }
  const id = SENDING.exec(new TextDecoder().decode(body))?.[1]
  return id === undefined ? { id: null, rest: withBody(visit, request.headers, body) } : { id }
}

/** A kept post of this browser, at this visit's address. */
export async function findKept(
  services: Services,
  visit: Visit,
  id: string | null,
): Promise<KeptPost | null> {
  const browser = readCookie(visit.request.headers.get('cookie'), visit.cookies.kept)
  return (await services.keptPosts?.find(id, { site: visit.site.key, browser })) ?? null
}

/** The kept post as the browser would send it now: cookies, client and connection are those of now. */
export function requestOf(visit: Visit, { post }: KeptPost): Request {
  const headers = new Headers(visit.request.headers)
  headers.set('content-type', post.contentType)
  if (post.from !== null) headers.set('referer', visit.site.publicOrigin + post.from)
  return withBody(visit, headers, post.body)
}

function withBody({ request, url }: Visit, given: Headers, body: Uint8Array<ArrayBuffer>): Request {
  const headers = new Headers(given)
  headers.delete('content-length')
  const { method, cf, redirect } = request
  return new Request(url.href, { method, headers, body, redirect, ...(cf ? { cf } : {}) } as RequestInit)
}

/** What is sent in chunks is no form of a browser. */
function sizeOf(headers: Headers): number {
  const length = headers.get('content-length')
  return length === null ? Number.POSITIVE_INFINITY : Number(length)
}
