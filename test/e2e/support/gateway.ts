import { fileURLToPath } from 'node:url'
import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { bundleWorker } from './bundle.ts'
import { freePort, residentBytesOf } from './processes.ts'
import { insertUsers, type TestUser } from './users.ts'
import { loadMiniflare, type Miniflare, RUNTIME } from './wrangler-parts.ts'

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url))
export const TEST_SECRET = 'e2e-secret-of-more-than-thirty-two-bytes-0123456789'

export interface GatewayOptions {
  /** A module whose default export is the Worker. */
  readonly entry: string | URL
  /** Address of the site behind the gateway. */
  readonly origin?: string
  /** More text bindings; they win over the ones that the harness sets. */
  readonly bindings?: Readonly<Record<string, string>>
  readonly users?: readonly TestUser[]
  /** Cloudflare's e-mail binding `EMAIL`, for mails from this address. */
  readonly emailFrom?: string
}

export interface TestGateway {
  /** Without a slash at the end. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly d1: D1Database
  readonly kv: KVNamespace
  /** What the Worker wrote to the console, a line each. */
  readonly logs: readonly string[]
  /** Runs the daily job. */
  runJobs(): Promise<void>
  /** Memory of the runtime, in bytes. */
  residentBytes(): number
  dispose(): Promise<void>
}

/**
 * Runs a Worker on loopback in bare workerd: on a direct socket, without the proxy that `wrangler dev` puts in front. There
 * `request.url` is the raw request target and headers arrive as sent, which is what attacks look like where a zone does not
 * normalise URLs. Storage starts empty, with the migrations applied; sign-in limits are off unless `bindings` say otherwise.
 */
export async function startGateway(options: GatewayOptions): Promise<TestGateway> {
  const modules = await bundleWorker(options.entry)
  const logs: string[] = []
  const { miniflare, port } = await listen(async (port) => ({
    modules,
    compatibilityDate: RUNTIME.compatibilityDate,
    compatibilityFlags: [...RUNTIME.compatibilityFlags],
    kvNamespaces: ['SESSIONS'],
    d1Databases: ['DB'],
    ratelimits: { RATE_LIMIT: { namespace_id: '1', simple: { limit: 100_000, period: 60 } } },
    bindings: {
      EDGEGATE_SECRET: TEST_SECRET,
      EDGEGATE_DEV: `http://127.0.0.1:${port}`,
      EDGEGATE_THROTTLE: 'off',
      ...(options.origin === undefined ? {} : { EDGEGATE_ORIGIN: options.origin }),
      ...options.bindings,
    },
    ...(options.emailFrom === undefined
      ? {}
      : { email: { send_email: [{ name: 'EMAIL', allowed_sender_addresses: [options.emailFrom] }] } }),
    handleStructuredLogs: ({ message }: { message: string }) => logs.push(message),
  }))
  try {
    const d1 = await miniflare.getD1Database('DB')
    const kv = await miniflare.getKVNamespace('SESSIONS')
    await migrate(d1)
    await insertUsers(d1, options.users ?? [])
    return {
      url: `http://127.0.0.1:${port}`,
      host: `127.0.0.1:${port}`,
      port,
      d1,
      kv,
      logs,
      runJobs: async () => {
        await (await miniflare.getWorker()).scheduled({ cron: '17 3 * * *' })
      },
      residentBytes: () => residentBytesOf('workerd'),
      dispose: () => miniflare.dispose(),
    }
  } catch (error) {
    await miniflare.dispose()
    throw error
  }
}

/** The Worker must know its own address before it starts; should another process take the port meanwhile, try the next. */
async function listen(
  optionsFor: (port: number) => Promise<Readonly<Record<string, unknown>>>,
): Promise<{ readonly miniflare: Miniflare; readonly port: number }> {
  const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = loadMiniflare()
  let trouble: unknown
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort()
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        ...(await optionsFor(port)),
        host: '127.0.0.1',
        port: 0,
        cf: false,
        log: new Log(LogLevel.NONE),
        unsafeDirectSockets: [{ host: '127.0.0.1', port }],
      }),
    )
    try {
      await miniflare.ready
      return { miniflare, port }
    } catch (error) {
      trouble = error
      await miniflare.dispose()
    }
  }
  throw trouble
}

async function migrate(d1: D1Database): Promise<void> {
  for (const { queries } of await readD1Migrations(MIGRATIONS)) {
    await d1.batch(queries.map((query) => d1.prepare(query)))
  }
}
