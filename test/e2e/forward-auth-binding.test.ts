import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { expect, test } from 'vitest'
import { bundleWorker } from './support/bundle.ts'
import { TEST_SECRET } from './support/gateway.ts'
import { ALICE, insertUsers } from './support/users.ts'
import { loadMiniflare, RUNTIME } from './support/wrangler-parts.ts'

/** A Worker before a site of its own, as docs/forward-auth.md describes it: asks, then answers or hands on the refusal. */
const CALLER = `
export default {
  async fetch(request, env) {
    const url = new URL(request.url)
    const headers = new Headers(request.headers)
    headers.set('x-forwarded-host', url.host)
    headers.set('x-forwarded-proto', 'https')
    headers.set('x-forwarded-for', '203.0.113.7')
    headers.set('x-forwarded-method', request.method)
    headers.set('x-forwarded-uri', url.pathname + url.search)
    if (url.pathname.startsWith('/auth/'))
      return await env.EDGEGATE.fetch(new Request('https://gateway' + url.pathname + url.search, new Request(request, { headers })))
    const answer = await env.EDGEGATE.fetch(new Request('https://gateway/auth/check', { headers, redirect: 'manual' }))
    if (answer.headers.get('x-edgegate-decision') !== 'allow') return answer
    return new Response('hello ' + answer.headers.get('remote-user'))
  },
}`

test('a Worker that is bound to the entrypoint may ask without a secret, and nobody else', async () => {
  const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = loadMiniflare()
  const common = {
    compatibilityDate: RUNTIME.compatibilityDate,
    compatibilityFlags: [...RUNTIME.compatibilityFlags],
  }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => {},
      workers: [
        {
          ...common,
          name: 'site',
          modules: [{ type: 'ESModule', path: 'site.mjs', contents: CALLER }],
          serviceBindings: { EDGEGATE: { name: 'edgegate', entrypoint: 'ForwardAuth' } },
          routes: ['wiki.example/*'],
        },
        {
          ...common,
          name: 'edgegate',
          modules: await bundleWorker(new URL('./sites/forward-auth.ts', import.meta.url)),
          kvNamespaces: ['SESSIONS'],
          d1Databases: ['DB'],
          bindings: { EDGEGATE_SECRET: TEST_SECRET },
          routes: ['gateway.example/*'],
        },
      ],
    }),
  )
  try {
    const at = await miniflare.ready
    const d1 = await miniflare.getD1Database('DB', 'edgegate')
    for (const { queries } of await readD1Migrations(new URL('../../migrations', import.meta.url).pathname))
      await d1.batch(queries.map((query) => d1.prepare(query)))
    await insertUsers(d1, [ALICE])
    const ask = (host: string, path: string, init: RequestInit = {}) =>
      fetch(new URL(path, at), {
        redirect: 'manual',
        ...init,
        headers: {
          ...(init.headers as Record<string, string>),
          'mf-original-url': `https://${host}${path}`,
          host,
        },
      })

    const anonymous = await ask('wiki.example', '/wiki')
    expect(anonymous.status).toBe(401)
    const signedIn = await ask('wiki.example', '/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identifier: ALICE.email, password: ALICE.password }),
    })
    expect(signedIn.status).toBe(200)
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(cookie).toMatch(/^__Host-edgegate=/)
    const page = await ask('wiki.example', '/wiki', { headers: { cookie } })
    expect(await page.text()).toBe(`hello ${ALICE.email}`)

    const stranger = await ask('gateway.example', '/auth/check', {
      headers: {
        cookie,
        'x-forwarded-host': 'wiki.example',
        'x-forwarded-method': 'GET',
        'x-forwarded-uri': '/wiki',
      },
    })
    expect(stranger.status).toBe(421)
    expect(stranger.headers.get('x-edgegate-decision')).toBeNull()
  } finally {
    await miniflare.dispose()
  }
})
