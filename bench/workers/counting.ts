import './straight-fetch.ts'
import { createGateway } from '../../src/app.ts'
import type { Env } from '../../src/services.ts'
import { benchConfig } from './config.ts'

/** Storage operations as one pays for them: a batch of three statements is three statements and one round trip. */
export interface Counts {
  kvReads: number
  kvWrites: number
  d1Statements: number
  d1Trips: number
}

const counts: Counts = { kvReads: 0, kvWrites: 0, d1Statements: 0, d1Trips: 0 }
const gateway = createGateway(benchConfig())
let counted: Env | undefined

/** The gateway with its storage counted, for the run that counts and never for one that measures. */
export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/count') {
      const said = { ...counts }
      Object.assign(counts, { kvReads: 0, kvWrites: 0, d1Statements: 0, d1Trips: 0 })
      return Response.json(said)
    }
    counted ??= { ...env, SESSIONS: countKv(env.SESSIONS), DB: countD1(env.DB) }
    if (!gateway.fetch) throw new TypeError('the gateway answers no requests')
    return await gateway.fetch(request, counted, ctx)
  },
} satisfies ExportedHandler<Env>

function countKv(kv: KVNamespace): KVNamespace {
  const kinds: Readonly<Record<string, 'kvReads' | 'kvWrites'>> = {
    get: 'kvReads',
    getWithMetadata: 'kvReads',
    list: 'kvReads',
    put: 'kvWrites',
    delete: 'kvWrites',
  }
  return new Proxy(kv, {
    get(target, name) {
      const member = Reflect.get(target, name)
      const kind = kinds[String(name)]
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        if (kind) counts[kind]++
        return member.apply(target, args)
      }
    },
  })
}

const unwrapped = new WeakMap<object, D1PreparedStatement>()

function countD1(db: D1Database): D1Database {
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => countStatement(target.prepare(sql))
      if (name === 'batch') {
        return (statements: readonly D1PreparedStatement[]) => {
          counts.d1Statements += statements.length
          counts.d1Trips++
          return target.batch(statements.map((statement) => unwrapped.get(statement) ?? statement))
        }
      }
      const member = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

function countStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const proxy = new Proxy(statement, {
    get(target, name) {
      if (name === 'bind') return (...values: unknown[]) => countStatement(target.bind(...values))
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        counts.d1Statements++
        counts.d1Trips++
        return member.apply(target, args)
      }
    },
  })
  unwrapped.set(proxy, statement)
  return proxy
}
