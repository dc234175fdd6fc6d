import '../workers/straight-fetch.ts'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'

const COOKIE = 'better-auth.'
let auth

function authFor(env) {
  auth ??= betterAuth({
    database: env.DB,
    secret: 'bench-secret-of-more-than-thirty-two-bytes-0123456789',
    baseURL: env.BASE_URL,
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    session: { cookieCache: { enabled: env.COOKIE_CACHE === 'yes', maxAge: 3600 } },
  })
  return auth
}

/** A site's own login by better-auth, doing what the gateway does: who is asking, their headers, and on to the origin. */
export default {
  async fetch(request, env) {
    const auth = authFor(env)
    const { pathname } = new URL(request.url)
    if (pathname === '/set-up') {
      await (await getMigrations(auth.options)).runMigrations()
      return new Response('done')
    }
    if (pathname.startsWith('/api/auth/')) return await auth.handler(request)
    const session = await auth.api.getSession({ headers: request.headers })
    if (!session) return new Response('who is asking?', { status: 401 })
    const forwarded = new Request(env.EDGEGATE_ORIGIN + pathname, request)
    const { headers } = forwarded
    const cookies = (headers.get('cookie') ?? '').split('; ').filter((pair) => !pair.startsWith(COOKIE))
    headers.set('cookie', cookies.join('; '))
    headers.set('remote-user', session.user.email)
    headers.set('remote-email', session.user.email)
    headers.set('remote-name', session.user.name)
    headers.set('remote-groups', 'staff')
    return await fetch(forwarded, { redirect: 'manual' })
  },
}
