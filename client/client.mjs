// The gateway's API from browsers and programs. No dependencies; take what you need, a bundler leaves out the rest.
// Types and descriptions: client.d.mts.

/** What the API answers that is no success. */
export class EdgegateError extends Error {
  constructor(problem, response) {
    super(problem.detail ?? problem.title ?? `the gateway answered ${response.status}`)
    this.name = 'EdgegateError'
    this.code = problem.code ?? 'unknown'
    this.status = response.status
    this.errors = problem.errors ?? []
    this.ways = problem.ways ?? []
    this.loginUrl = problem.login_url ?? null
    this.requestId = problem.request_id ?? null
    const wait = Number(response.headers.get('retry-after'))
    this.retryAfterSeconds = Number.isFinite(wait) && wait > 0 ? wait : null
  }
}

/** Where the gateway is. In a page of the site itself nothing needs to be said. */
export function connect(options = {}) {
  const { url = '', basePath = '/auth', token = null } = options
  const base = `${url.replace(/\/$/, '')}${basePath}`
  return { base, token, fetch: options.fetch ?? ((...args) => globalThis.fetch(...args)) }
}

async function call(gateway, method, path, body) {
  const headers = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (gateway.token !== null) headers.authorization = `Bearer ${gateway.token}`
  const response = await gateway.fetch(`${gateway.base}/api${path}`, {
    method,
    headers,
    // Tokens and cookies do not mix: a token decides, and needs no cookie.
    credentials: gateway.token === null ? 'same-origin' : 'omit',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new EdgegateError(await response.json().catch(() => ({})), response)
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text)
}

const named = (id) => encodeURIComponent(id)

export const login = (gateway, form) => call(gateway, 'POST', '/login', form)
export const logout = (gateway, options = {}) => call(gateway, 'POST', '/logout', options)
export const confirmPassword = (gateway, password) => call(gateway, 'POST', '/reauth', { password })
export const showSecondFactor = (gateway, form) => call(gateway, 'POST', '/mfa', form)
export const register = (gateway, form) => call(gateway, 'POST', '/register', form)
export const becomeGuest = (gateway) => call(gateway, 'POST', '/guest')
export const getSession = (gateway) => call(gateway, 'GET', '/session')

export const listSessions = async (gateway) => (await call(gateway, 'GET', '/sessions')).sessions
export const endSession = (gateway, id) => call(gateway, 'DELETE', `/sessions/${named(id)}`)
export const endOtherSessions = (gateway) => call(gateway, 'DELETE', '/sessions')

export const listKeys = async (gateway) => (await call(gateway, 'GET', '/keys')).keys
export const createKey = (gateway, form) => call(gateway, 'POST', '/keys', form)
export const revokeKey = (gateway, id) => call(gateway, 'DELETE', `/keys/${named(id)}`)
export const listPrograms = async (gateway) => (await call(gateway, 'GET', '/programs')).programs
export const endProgram = (gateway, id) => call(gateway, 'DELETE', `/programs/${named(id)}`)

/** `gateway` without its token: what asks for tokens is no token's business. */
const bare = (gateway) => ({ ...gateway, token: null, fetch: withoutCookies(gateway.fetch) })
const withoutCookies = (fetch) => (url, init) => fetch(url, { ...init, credentials: 'omit' })

export async function requestTokens(gateway, form) {
  return tokensOf(await call(bare(gateway), 'POST', '/token', form))
}

export async function renewTokens(gateway, refreshToken, scope) {
  const body = { refresh_token: refreshToken, ...(scope === undefined ? {} : { scope }) }
  return tokensOf(await call(bare(gateway), 'POST', '/token', body))
}

export const revokeToken = (gateway, token) => call(bare(gateway), 'POST', '/token/revoke', { token })

function tokensOf(said) {
  return {
    accessToken: said.access_token,
    refreshToken: said.refresh_token,
    expiresAt: Date.now() + said.expires_in * 1000,
    scope: said.scope,
  }
}

/** Renewed this long before it ends, so that it does not end on its way. */
const EARLY_MS = 30_000

/** A `fetch` that comes with the access token, and renews it when it is about to end or was refused: once, however many ask. */
export function createTokenFetch(gateway, { tokens, onChange = () => {} }) {
  let current = tokens
  let renewing = null

  function renew(used) {
    // Somebody else has just done it.
    if (current.accessToken !== used) return Promise.resolve()
    renewing ??= renewTokens(gateway, current.refreshToken)
      .then(async (next) => {
        current = next
        await onChange(next)
      })
      .finally(() => {
        renewing = null
      })
    return renewing
  }

  async function send(input, init) {
    const request = new Request(input, init)
    request.headers.set('authorization', `Bearer ${current.accessToken}`)
    return { used: current.accessToken, response: await gateway.fetch(request) }
  }

  return async function tokenFetch(input, init) {
    if (current.expiresAt - Date.now() < EARLY_MS) await renew(current.accessToken)
    // A body that is a stream can be sent once; such a request is not repeated.
    const isRepeatable = !(init?.body instanceof ReadableStream) && !(input instanceof Request && input.body)
    const first = await send(input, init)
    const isRefused =
      first.response.status === 401 &&
      /error="invalid_token"/.test(first.response.headers.get('www-authenticate') ?? '')
    if (!isRefused || !isRepeatable) return first.response
    await first.response.body?.cancel()
    await renew(first.used)
    return (await send(input, init)).response
  }
}
