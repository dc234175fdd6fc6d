/** What sort of request this is, which decides how a refusal is worded and whether it keeps a session alive. */
export type RequestKind = 'navigation' | 'script' | 'websocket' | 'preflight'

type Asked = Pick<Headers, 'get' | 'has'>

/**
 * Decided by Fetch Metadata (Sec-Fetch-Mode), where a browser sends none by `Accept`; never by sniffing user agents.
 * A preflight is only what the Fetch standard calls one: OPTIONS with Origin and Access-Control-Request-Method.
 */
export function requestKind(method: string, headers: Asked): RequestKind {
  const isUpgrade = namesWebSocket(headers)
  if (isUpgrade && method === 'GET') return 'websocket'
  if (
    method === 'OPTIONS' &&
    !isUpgrade &&
    headers.has('origin') &&
    headers.has('access-control-request-method')
  )
    return 'preflight'
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'navigate' ? 'navigation' : 'script'
  return takesHtml(headers.get('accept') ?? '') ? 'navigation' : 'script'
}

/**
 * Only a GET opens a WebSocket (RFC 6455 section 4.1). The runtime sends every upgrade on as GET, so another method would reach the
 * origin as one that no rule was asked about.
 */
export function isWebSocketUpgrade(method: string, headers: Asked): boolean {
  return method === 'GET' && namesWebSocket(headers)
}

function namesWebSocket(headers: Asked): boolean {
  return headers.get('upgrade')?.toLowerCase() === 'websocket'
}

/** Whether `Accept` names HTML itself, not just a wildcard that would take it, and not to refuse it (`q=0`). */
function takesHtml(accept: string): boolean {
  return accept
    .split(',')
    .some((range) => /^\s*text\/html\s*(?:;|$)/i.test(range) && !/;\s*q=0(?:\.0*)?\s*(?:;|$)/i.test(range))
}

/** Whether a person moved: a navigation that is no prefetch. Only this slides a session. */
export function isMove(kind: RequestKind, headers: Asked): boolean {
  return kind === 'navigation' && !headers.get('sec-purpose')?.includes('prefetch')
}
