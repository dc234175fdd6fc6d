import './straight-fetch.ts'

const ASSERTION = 'e'.repeat(500)
const COOKIE = 'edgegate='

/** What no gateway can do without: cut a cookie, say who is asking, send the request on. Checks nothing. */
export default {
  fetch(request, env) {
    const path = request.url.slice(request.url.indexOf('/', 8))
    const forwarded = new Request(env.EDGEGATE_ORIGIN + path, request)
    const { headers } = forwarded
    const cookies = headers.get('cookie') ?? ''
    const start = cookies.indexOf(COOKIE)
    if (start >= 0) {
      const end = cookies.indexOf('; ', start)
      headers.set(
        'cookie',
        end < 0 ? cookies.slice(0, start) : cookies.slice(0, start) + cookies.slice(end + 2),
      )
    }
    headers.set('remote-user', 'alice@example.com')
    headers.set('remote-email', 'alice@example.com')
    headers.set('remote-name', 'Alice Liddell')
    headers.set('remote-groups', 'staff')
    headers.set('x-auth-assertion', ASSERTION)
    return fetch(forwarded, { redirect: 'manual' })
  },
} satisfies ExportedHandler<{ readonly EDGEGATE_ORIGIN: string }>
