import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { RUNTIME } from '../test/e2e/support/wrangler-parts.ts'
import { PINNED } from './cores.ts'
import { CONNECTIONS, LOAD_NAME } from './load.ts'
import type { Origin } from './origin.ts'

/** How busy the machine was before the run began: whatever it did besides widens the spread. */
const [LOAD_BEFORE = 0] = loadavg()

/** What the figures depend on, a line each. */
export function describeMachine(origin: Origin): readonly string[] {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return [
    `${cpus().length} cores (${cpu?.model.trim() || 'unknown'}), ${memory} GiB, Linux ${release()}`,
    `workerd ${versionOf('workerd')}, wrangler ${versionOf('wrangler')}, compatibility date ${RUNTIME.compatibilityDate}, Node ${process.versions.node}`,
    `load: ${LOAD_NAME}, ${CONNECTIONS} connections; origin: ${origin.name}, 1 KB`,
    `load average before the run: ${LOAD_BEFORE.toFixed(1)}${LOAD_BEFORE > 0.5 ? ' (a busy machine: read the order, not the digits)' : ''}`,
    PINNED
      ? 'the Worker on core 0, load and origin on core 1'
      : 'nothing pinned: Worker, load and origin share the cores',
  ]
}

function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
