import { readPath } from './path.ts'

/** What may be wrong with a return-to value in spite of a parser: characters that browsers, proxies or apps drop or fold. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|%(?:[01][0-9a-f]|7f|c2%[89][0-9a-f]|e2%80%a[89])/i
/** A slash, backslash or space after the first slash and dots: plain, encoded (at any depth), overlong, or folded by NFKC. */
const DISGUISED_START =
  /^\/(?:\.|%(?:25)*2e)*(?:\s|%(?:25)*(?:2f|5c|20)|%c0%af|%c1%9c|%e0%80%af|%ef%bc%8f|%ef%bc%bc|%e2%88%95|%e2%81%84|[\uff0f\uff3c\u2215\u2044\u29f5\u29f8])/i
const MAX_LENGTH = 2048

export interface NextOptions {
  readonly basePath: string
  /** Absolute URLs, as a parser writes them; compared exactly. */
  readonly allowed: readonly string[]
  readonly fallback?: string
}

/**
 * Where a visitor may be sent: a path of our own site as the WHATWG parser writes it, or an allow-listed absolute URL. Anything
 * else is the fallback. The one function for `next`, wherever it appears (P1): what it answers is what is emitted.
 */
export function safeNext(value: unknown, siteOrigin: string, options: NextOptions): string {
  const { basePath, allowed, fallback = '/' } = options
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !value.isWellFormed()) return fallback
  if (CONTROL.test(value) || !URL.canParse(value, siteOrigin)) return fallback
  const url = new URL(value, siteOrigin)
  if (allowed.includes(url.href) && URL.canParse(value)) return url.href
  if (url.origin !== siteOrigin || url.username !== '' || url.password !== '') return fallback
  const path = value.startsWith(`${siteOrigin}/`) ? value.slice(siteOrigin.length) : value
  if (!path.startsWith('/') || path.startsWith('//') || DISGUISED_START.test(path)) return fallback
  // A backslash before the query is a slash to browsers and a letter to others.
  if (/^[^?#]*\\/.test(path)) return fallback
  if (url.pathname.startsWith('//') || DISGUISED_START.test(url.pathname)) return fallback
  const readings = readingsOf(url.pathname)
  if (!readings || readings.some((text) => text.startsWith('//') || isOwnPage(text, basePath)))
    return fallback
  const written = url.href.slice(siteOrigin.length)
  return written.length > MAX_LENGTH ? fallback : written
}

/**
 * The path in every reading the gate knows, so that `/%61uth/logout` is our own page here as it is there. `null` for what the gate
 * would refuse: it is no place to go on to.
 */
function readingsOf(pathname: string): readonly string[] | null {
  const reading = readPath(pathname)
  if (reading.kind === 'refused') return null
  return reading.kind === 'plain' ? [reading.path] : [reading.path, ...reading.others, ...reading.undecoded]
}

/**
 * Our own pages change or consume things. Places to go on to are only those of the account, those that show a kept form or a device that
 * waits, and the one with which a window of its own ends.
 */
const PLACES = ['/account', '/mfa/setup', '/admin', '/resume', '/handoff', '/signed-in']

function isOwnPage(pathname: string, basePath: string): boolean {
  if (pathname !== basePath && !pathname.startsWith(`${basePath}/`)) return false
  return !PLACES.map((place) => basePath + place).some(
    (place) => pathname === place || pathname.startsWith(`${place}/`),
  )
}

/** Where a form post that was kept is shown, to be sent on or discarded. */
export function resumeLocation(basePath: string, id: string): string {
  return `${basePath}/resume?post=${id}`
}

export function isResumeLocation(next: string, basePath: string): boolean {
  return next.startsWith(resumeLocation(basePath, ''))
}

/** The login page's address with the way back, relative so that it fits whatever host the visitor is on. */
export function loginLocation(basePath: string, pathAndQuery: string): string {
  const next = encodeURIComponent(pathAndQuery)
  return pathAndQuery === '/' || next.length > MAX_LENGTH
    ? `${basePath}/login`
    : `${basePath}/login?next=${next}`
}
