import './straight-fetch.ts'
import { SignJWT } from 'jose'
import { toBase64Url } from '../../src/lib/encoding.ts'
import { readCookie } from '../../src/session/cookie.ts'

interface Env {
  readonly SESSIONS: KVNamespace
  readonly EDGEGATE_ORIGIN: string
}

let key: Promise<CryptoKey> | undefined

function signingKey(): Promise<CryptoKey> {
  key ??= crypto.subtle
    .generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
    .then((pair) => (pair as CryptoKeyPair).privateKey)
  return key
}

/** A gateway as one writes it first: it hashes the token, reads the session from KV and signs, on every request. */
export default {
  async fetch(request, env) {
    const token = readCookie(request.headers.get('cookie'), 'edgegate') ?? ''
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
    const text = await env.SESSIONS.get(`session/${toBase64Url(new Uint8Array(digest))}`)
    if (text === null) return new Response('who is asking?', { status: 401 })
    const { identity } = JSON.parse(text)
    const assertion = await new SignJWT({ email: identity.email, name: identity.name, roles: identity.roles })
      .setProtectedHeader({ alg: 'ES256' })
      .setSubject(identity.id)
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(await signingKey())

    const path = request.url.slice(request.url.indexOf('/', 8))
    const forwarded = new Request(env.EDGEGATE_ORIGIN + path, request)
    const { headers } = forwarded
    const others = (headers.get('cookie') ?? '').split('; ').filter((pair) => !pair.startsWith('edgegate='))
    headers.set('cookie', others.join('; '))
    headers.set('remote-user', identity.email)
    headers.set('remote-email', identity.email)
    headers.set('remote-name', identity.name)
    headers.set('remote-groups', identity.roles.join(','))
    headers.set('x-auth-assertion', assertion)
    return fetch(forwarded, { redirect: 'manual' })
  },
} satisfies ExportedHandler<Env>
