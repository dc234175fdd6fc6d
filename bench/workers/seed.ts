import { networkOf } from '../../src/lib/network.ts'
import { createServices, type Env } from '../../src/services.ts'
import { agentFamily } from '../../src/session/client.ts'
import { benchConfig } from './config.ts'

/** Starts sessions by the gateway's own code, in the storage of the Worker beside it: `?count=` of them, a token a line. */
export default {
  async fetch(request, env) {
    const services = createServices(benchConfig(), { ...env, SESSIONS: withoutPointers(env.SESSIONS) })
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
