import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { freePort } from '../test/e2e/support/processes.ts'
import { RUNTIME } from '../test/e2e/support/wrangler-parts.ts'
import { type Bundle, bundle } from './bundle.ts'
import { pinWorker } from './cores.ts'
import type { Origin } from './origin.ts'
import { SECRET } from './runtime.ts'
import { type Spread, spreadOf } from './statistics.ts'

export interface ColdStart {
  readonly label: string
  /** From starting the runtime to the end of its first answer, in milliseconds. */
  readonly milliseconds: Spread
}

/**
 * Starts the runtime itself (`workerd serve`, no simulator) a number of times and asks one question each. The storage is not
 * there: what a first request needs of it costs a trip over the network, not start-up.
 */
export async function measureColdStarts(origin: Origin, times: number): Promise<readonly ColdStart[]> {
  const [bare, gateway] = [await bundle('pass-through'), await bundle('gateway')]
  const kinds = [
    { label: 'bare pass-through', bundle: bare, path: '/page', taken: [] as number[] },
    { label: 'gateway, a public page', bundle: gateway, path: '/public/page', taken: [] as number[] },
    { label: 'gateway, the login page', bundle: gateway, path: '/auth/login', taken: [] as number[] },
  ]
  for (let time = 0; time <= times; time++) {
    for (const kind of kinds) {
      const milliseconds = await startOnce(kind.bundle, kind.path, origin)
      // The first start reads the runtime from disk.
      if (time > 0) kind.taken.push(milliseconds)
    }
  }
  return kinds.map(({ label, taken }) => ({ label, milliseconds: spreadOf(taken) }))
}

async function startOnce(built: Bundle, page: string, origin: Origin): Promise<number> {
  const port = await freePort()
  const config = path.join(built.directory, 'cold.capnp')
  writeFileSync(config, configFor(built, port, origin))
  const startedAt = performance.now()
  const child = spawn(workerdBinary(), ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  if (child.pid !== undefined) pinWorker(child.pid)
  try {
    while (performance.now() - startedAt < 20_000 && child.exitCode === null) {
      const status = await ask(`http://127.0.0.1:${port}${page}`)
      if (status === 200) return performance.now() - startedAt
      if (status !== null) throw new Error(`${page} answered ${status} after a cold start\n${output}`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    throw new Error(`workerd did not start\n${output}`)
  } finally {
    const exited = child.exitCode === null ? once(child, 'exit') : null
    child.kill('SIGKILL')
    await exited
  }
}

/** The status, or `null` where nobody listens yet. */
async function ask(url: string): Promise<number | null> {
  try {
    const response = await fetch(url, { headers: { connection: 'close' } })
    await response.arrayBuffer()
    return response.status
  } catch {
    return null
  }
}

function workerdBinary(): string {
  const workerd = createRequire(import.meta.url)('workerd') as { readonly default: string }
  return workerd.default
}

function configFor({ directory, modules }: Bundle, port: number, origin: Origin): string {
  const embedded = modules.map((module) => {
    const name = path.relative(directory, module.path)
    return `(name = "${name}", ${module.type === 'ESModule' ? 'esModule' : 'wasm'} = embed "${name}")`
  })
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${embedded.join(', ')}],
      compatibilityDate = "${RUNTIME.compatibilityDate}",
      compatibilityFlags = ${JSON.stringify(RUNTIME.compatibilityFlags)},
      bindings = [
        (name = "EDGEGATE_SECRET", text = "${SECRET}"),
        (name = "EDGEGATE_DEV", text = "http://127.0.0.1:${port}"),
        (name = "EDGEGATE_ORIGIN", text = "${origin.url}"),
        (name = "ORIGIN", service = "origin"),
        (name = "SESSIONS", kvNamespace = "origin"),
        (name = "DB", service = "origin")
      ]
    )),
    (name = "origin", external = (address = "${origin.address}", http = ()))
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
`
}
