import {
  connect,
  createKey,
  createTokenFetch,
  EdgegateError,
  endProgram,
  getSession,
  listKeys,
  listPrograms,
  login,
  requestTokens,
  revokeKey,
  revokeToken,
  type Tokens,
} from 'edgegate/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { type RecordingOrigin, receivedHeader, startOrigin } from './support/origin.ts'
import { ALICE } from './support/users.ts'

describe('edgegate/client', () => {
  let origin: RecordingOrigin
  let gateway: TestGateway

  beforeAll(async () => {
    origin = await startOrigin()
    const entry = new URL('./sites/basic.ts', import.meta.url)
    gateway = await startGateway({ entry, origin: origin.url, users: [ALICE] })
  })
  afterAll(async () => {
    await gateway?.dispose()
    await origin?.close()
  })
  const credentials = { identifier: ALICE.email, password: ALICE.password }

  /** What a browser does with cookies, for Node. */
  function withCookies(): typeof fetch {
    const jar = new Map<string, string>()
    return async (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
      const response = await fetch(input, { ...init, headers })
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
        jar.set(name, value)
      }
      return response
    }
  }

  it('signs a browser in, makes a key, and acts by it without a cookie', async () => {
    const browser = connect({ url: gateway.url, fetch: withCookies() })
    expect(await getSession(browser)).toEqual({ authenticated: false, kind: 'anonymous' })
    expect((await login(browser, credentials)).user.email).toBe(ALICE.email)
    const made = await createKey(browser, { name: 'client', scopes: ['a'], expires: null })
    expect(await listKeys(browser)).toMatchObject([{ id: made.id, expiresAt: null }])

    const program = connect({ url: gateway.url, token: made.key })
    expect(await getSession(program)).toMatchObject({ kind: 'user', token: { kind: 'key', scopes: ['a'] } })
    await revokeKey(browser, made.id)
    await expect(getSession(program)).rejects.toMatchObject({ code: 'credential_refused', status: 401 })
  })

  it('tells what went wrong', async () => {
    const browser = connect({ url: gateway.url })
    const failed = await login(browser, { ...credentials, password: 'not this one' }).catch(
      (error: unknown) => error,
    )
    expect(failed).toBeInstanceOf(EdgegateError)
    expect(failed).toMatchObject({ code: 'wrong_credentials', status: 401, retryAfterSeconds: null })
    await expect(createKey(browser, { name: 'x' })).rejects.toMatchObject({
      code: 'not_authenticated',
      loginUrl: `${gateway.url}/auth/login`,
    })
    await expect(login(browser, { identifier: '', password: '' })).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'identifier' }, { field: 'password' }],
    })
  })

  it('keeps its tokens new: one renewal, however many requests are under way', async () => {
    const program = connect({ url: gateway.url })
    const first = await requestTokens(program, { ...credentials, client_id: 'app' })
    const changes: Tokens[] = []
    const spoilt = { ...first, accessToken: `${first.accessToken.slice(0, -4)}AAAA` }
    const fetchAs = createTokenFetch(program, {
      tokens: spoilt,
      onChange: (tokens) => {
        changes.push(tokens)
      },
    })
    const answers = await Promise.all(Array.from({ length: 8 }, () => fetchAs(`${gateway.url}/report`)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(changes).toHaveLength(1)
    expect(receivedHeader(origin.requests.at(-1), 'remote-sub')).toEqual([ALICE.id])

    const ending = createTokenFetch(program, {
      tokens: { ...(changes[0] ?? first), expiresAt: Date.now() + 1000 },
      onChange: (tokens) => {
        changes.push(tokens)
      },
    })
    expect((await ending(`${gateway.url}/report`, { method: 'POST', body: 'x' })).status).toBe(200)
    expect(changes).toHaveLength(2)

    await revokeToken(program, changes[1]?.refreshToken ?? '')
    await expect(fetchAs(`${gateway.url}/report`)).rejects.toMatchObject({ code: 'invalid_grant' })
  })

  it('a refusal that a new token would not mend is left as it is', async () => {
    const program = connect({ url: gateway.url })
    const tokens = await requestTokens(program, credentials)
    const fetchAs = createTokenFetch(program, { tokens })
    expect((await fetchAs(`${gateway.url}/admin/`)).status).toBe(403)
    const browser = connect({ url: gateway.url, fetch: withCookies() })
    await login(browser, credentials)
    const [one] = await listPrograms(browser)
    await endProgram(browser, one?.id ?? '')
  })
})
