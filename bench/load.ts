import { spawnSync } from 'node:child_process'
import { loadByNode } from './load-node.ts'
import { loadByWrk } from './load-wrk.ts'

/** What is asked for, over and over, on connections that stay open. */
export interface Load {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** `Cookie` headers taken in turn; each request one. Where the load is to end with the last of them, `once` says so. */
  readonly cookies: readonly string[]
  readonly once: boolean
}

export interface Answered {
  readonly requests: number
  readonly seconds: number
  readonly failed: number
  /** All that came back, heads included. */
  readonly bytes: number
}

export const CONNECTIONS = 16
const LONGEST_MS = 5000

const wrk = /wrk \S+/.exec(spawnSync('wrk', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[0] ?? null

/** For the report. */
export const LOAD_NAME = wrk ?? `a keep-alive loop in Node ${process.version}`

/** Asks for `milliseconds`, with no more requests under way than `CONNECTIONS`. wrk cannot stop after the last of a list. */
export async function loadFor(milliseconds: number, load: Load): Promise<Answered> {
  const answered =
    wrk && !load.once ? await loadByWrk(milliseconds, load) : await loadByNode(milliseconds, load)
  // A machine that is busy elsewhere may not get to answer in that time.
  if (answered.requests === 0 && answered.failed === 0 && milliseconds < LONGEST_MS)
    return await loadFor(milliseconds * 3, load)
  if (answered.requests === 0 || answered.failed > 0) {
    throw new Error(
      `${load.path} on port ${load.port}: ${answered.failed} of ${answered.requests} requests failed`,
    )
  }
  return answered
}
