import { WebSocket } from 'ws'
import { freePort } from '../test/e2e/support/processes.ts'
import type { Origin } from './origin.ts'
import { startWorker } from './runtime.ts'

export interface Memory {
  readonly sessions: number
  /** Live heap of the isolate that holds them, without what it takes by itself. */
  readonly bytes: number
}

const WORKER = 'session-memory'
const BATCH = 10_000

/**
 * Fills the session cache of one isolate and asks the runtime's inspector for its heap. Garbage is collected on request, but not always at
 * once: the least of several looks is what is held.
 */
export async function measureMemory(origin: Origin, sessions: number): Promise<Memory> {
  const inspectorPort = await freePort()
  const worker = await startWorker(WORKER, origin, [], inspectorPort)
  const fill = async (count: number) => {
    await (await fetch(`http://127.0.0.1:${worker.port}/?count=${count}`)).arrayBuffer()
  }
  await fill(0)
  const heap = await openInspector(inspectorPort)
  const before = await heap.used()
  for (let filled = 0; filled < sessions; filled += BATCH) await fill(Math.min(BATCH, sessions - filled))
  const seen: number[] = []
  for (let look = 0; look < 8; look++) {
    seen.push(await heap.used())
    // The collection that was asked for is done when the isolate next has something to do.
    await fill(0)
  }
  heap.close()
  await worker.stop()
  return { sessions, bytes: Math.min(...seen) - before }
}

async function openInspector(port: number) {
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
    readonly id: string
    readonly webSocketDebuggerUrl: string
  }[]
  const target = targets.find(({ id }) => id.endsWith(WORKER))
  if (!target) throw new Error('the inspector does not know the Worker')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  let last = 0
  const send = (method: string) => {
    socket.send(JSON.stringify({ id: ++last, method }))
    return last
  }
  return {
    used: () =>
      new Promise<number>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('the inspector does not answer')), 20_000)
        // Its own answer may come only with the next one.
        send('HeapProfiler.collectGarbage')
        const id = send('Runtime.getHeapUsage')
        const hear = (message: unknown) => {
          const said = JSON.parse(String(message)) as { id?: number; result?: { usedSize: number } }
          if (said.id !== id) return
          clearTimeout(timer)
          socket.off('message', hear)
          resolve(said.result?.usedSize ?? 0)
        }
        socket.on('message', hear)
      }),
    close: () => socket.close(),
  }
}
