import { childrenOf } from './processes.ts'

const duties: (() => unknown)[] = []
const leftovers: (() => void)[] = []
let ending: Promise<void> | undefined

/** Remembers what to stop when the run is over. The last thing started goes first. */
export function atEnd(duty: () => unknown): void {
  duties.push(duty)
}

/** Remembers what to remove when this process goes, however it goes. Must not wait for anything. */
export function atExit(duty: () => void): void {
  leftovers.push(duty)
}

/** Stops everything, once. */
export function end(): Promise<void> {
  ending ??= (async () => {
    for (const duty of duties.reverse()) {
      try {
        await duty()
      } catch (error) {
        console.error(error)
      }
    }
  })()
  return ending
}

// An interrupted run cannot wait for anybody (the simulator ends the process as well): whatever it started is killed, by pid.
process.on('exit', () => {
  for (const pid of childrenOf(process.pid)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has gone by itself.
    }
  }
  for (const duty of leftovers) duty()
})
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
process.once('SIGHUP', () => process.exit(129))
