import { networkOf } from '../../src/lib/network.ts'
import { createServices, type Env, type Services } from '../../src/services.ts'
import { agentFamily } from '../../src/session/client.ts'
import { draftKey } from '../../src/token/key-form.ts'
import { identityOf } from '../../src/user/user.ts'
import type { Bearers } from '../rows.ts'
import { benchConfig } from './config.ts'

/**
 * Starts sessions by the gateway's own code, in the storage of the Worker beside it: `?count=` of them, a token a line. With `?bearers` it
 * gives the tokens of one user.
 */
export default {
  async fetch(request, env) {
    const services = createServices(benchConfig(), { ...env, SESSIONS: withoutPointers(env.SESSIONS) })
    if (new URL(request.url).searchParams.has('bearers')) return Response.json(await bearers(services, env))
    const count = Number(new URL(request.url).searchParams.get('count'))
    const client = {
      agent: agentFamily(request.headers.get('user-agent')),
      network: networkOf('127.0.0.1') ?? 'unknown',
      place: null,
    }
    const begin = (number: number) =>
      services.sessions.start({
        site: 'bench.example',
        identity: {
          kind: 'user',
          id: `user_${number}`,
          email: `user-${number}@example.com`,
          emailVerified: true,
          username: null,
          name: `User Number ${number}`,
          roles: ['staff', 'readers'],
        },
        methods: ['pwd'],
        client,
        authenticatedAt: services.now(),
        mfaAt: null,
        mfaDueAt: null,
        trust: null,
        remembered: false,
        family: null,
        data: {},
        mergedFrom: null,
        position: null,
      })
    const tokens: string[] = []
    while (tokens.length < count) {
      const some = Array.from({ length: Math.min(20, count - tokens.length) }, () =>
        Math.floor(Math.random() * 1e9),
      )
      for (const { token } of await Promise.all(some.map(begin))) tokens.push(token)
    }
    return new Response(tokens.join('\n'))
  },
} satisfies ExportedHandler<Env>

async function bearers(services: Services, env: Env): Promise<Bearers> {
  const now = services.now()
  const user = await services.users.findByIdentifier('alice@example.com')
  const site = services.sites.get(new URL(env.EDGEGATE_DEV ?? '').host)
  if (!user || !site) throw new TypeError('there is no user to give tokens to, or no site')
  const { id, statement } = await services.refreshFamilies.begin({
    userId: user.id,
    site: site.key,
    clientId: 'bench',
    scope: '*',
    methods: ['pwd'],
    client: { agent: 'bench', network: 'bench', place: null },
    authenticatedAt: now,
    position: user.position,
  })
  const form = { name: 'bench', scopes: ['*'], paths: null, methods: null, expires: null }
  const { text, key } = await draftKey(form, user, site.key, now)
  await services.db.batch([statement, services.apiKeys.insert(key)])
  const { token } = await site.accessTokens.sign(
    {
      identity: identityOf(user),
      familyId: id,
      clientId: 'bench',
      scopes: ['*'],
      position: user.position,
      methods: ['pwd'],
      authenticatedAt: now / 1000,
      fresh: true,
    },
    now / 1000,
  )
  return { 'access-token': token, 'api-key': text }
}

/** Only lists of a user's sessions need the second key, and writing it takes as long as the first. */
function withoutPointers(kv: KVNamespace): KVNamespace {
  return new Proxy(kv, {
    get(target, name) {
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (key: unknown, ...others: unknown[]) =>
        name === 'put' && String(key).startsWith('of/') ? undefined : member.call(target, key, ...others)
    },
  })
}
