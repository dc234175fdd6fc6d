import { fileURLToPath } from 'node:url'
import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { freePort } from '../test/e2e/support/processes.ts'
import { insertUsers, type TestUser } from '../test/e2e/support/users.ts'
import { loadMiniflare, RUNTIME } from '../test/e2e/support/wrangler-parts.ts'
import { atEnd } from './at-end.ts'
import { type Bundle, bundle } from './bundle.ts'
import { pinWorker } from './cores.ts'
import type { Origin } from './origin.ts'
import { childrenCalled } from './processes.ts'
import { type Bearers, cookieOf } from './rows.ts'

export const SECRET = 'bench-secret-of-more-than-thirty-two-bytes-0123456789'
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

export interface RunningWorker {
  readonly port: number
  readonly pid: number
  /** Starts that many sessions in its storage and returns their tokens. */
  seed(count: number, userAgent: string): Promise<string[]>
  /** Tokens of its user. */
  bearers(): Promise<Bearers>
  stop(): Promise<void>
  /** The `Cookie` header that carries one of its tokens. */
  cookieOf(token: string | null): string
}

/**
 * A Worker of `bench/workers` in a workerd process of its own, on a direct socket of loopback: no proxy before it, the
 * simulated KV and D1 behind it, the origin one connection away. Beside it waits a second Worker that fills its storage.
 */
export async function startWorker(
  name: string,
  origin: Origin,
  users: readonly TestUser[] = [],
  inspectorPort?: number,
): Promise<RunningWorker> {
  const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = loadMiniflare()
  const [port, seedPort, worker, seeder] = [
    await freePort(),
    await freePort(),
    await bundle(name),
    await bundle('seed'),
  ]
  const before = new Set(childrenCalled('workerd'))
  const shared = {
    compatibilityDate: RUNTIME.compatibilityDate,
    compatibilityFlags: [...RUNTIME.compatibilityFlags],
    kvNamespaces: { SESSIONS: 'sessions' },
    d1Databases: { DB: 'db' },
    ratelimits: { RATE_LIMIT: { namespace_id: '1', simple: { limit: 1_000_000, period: 60 } } },
    bindings: {
      EDGEGATE_SECRET: SECRET,
      EDGEGATE_DEV: `http://127.0.0.1:${port}`,
      EDGEGATE_ORIGIN: origin.url,
    },
    serviceBindings: { ORIGIN: { external: { address: origin.address, http: {} } } },
  }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      ...(inspectorPort === undefined ? {} : { inspectorPort }),
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => {},
      workers: [
        { name, ...shared, ...modulesOf(worker), unsafeDirectSockets: [{ host: '127.0.0.1', port }] },
        {
          name: 'seed',
          ...shared,
          ...modulesOf(seeder),
          unsafeDirectSockets: [{ host: '127.0.0.1', port: seedPort }],
        },
      ],
    }),
  )
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= miniflare.dispose()
    return stopping
  }
  atEnd(stop)
  await miniflare.ready
  const [pid, ...others] = childrenCalled('workerd').filter((each) => !before.has(each))
  if (pid === undefined || others.length > 0) throw new Error('which workerd has been started cannot be told')
  pinWorker(pid)
  const db = await miniflare.getD1Database('DB')
  for (const { queries } of await readD1Migrations(MIGRATIONS)) {
    await db.batch(queries.map((query) => db.prepare(query)))
  }
  await insertUsers(db, users)
  return {
    port,
    pid,
    stop,
    cookieOf,
    async bearers() {
      const response = await fetch(`http://127.0.0.1:${seedPort}/?bearers`)
      if (!response.ok) throw new Error(`giving tokens answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as Bearers
    },
    async seed(count, userAgent) {
      const tokens: string[] = []
      while (tokens.length < count) {
        const some = Math.min(400, count - tokens.length)
        const response = await fetch(`http://127.0.0.1:${seedPort}/?count=${some}`, {
          headers: { 'user-agent': userAgent },
        })
        if (!response.ok) throw new Error(`seeding answered ${response.status}: ${await response.text()}`)
        tokens.push(...(await response.text()).split('\n'))
      }
      return tokens
    },
  }
}

function modulesOf({ directory, modules }: Bundle) {
  return { rootPath: directory, modulesRoot: directory, modules }
}
