import { readdirSync, readFileSync } from 'node:fs'

/** CPU time that a process has used with all its threads and descendants, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  return [pid, ...descendantsOf(pid)].reduce((sum, each) => sum + ownCpu(each), 0)
}

/** Pids of a process's children. */
export function childrenOf(pid: number): readonly number[] {
  return statistics()
    .filter(({ parent }) => parent === pid)
    .map((child) => child.pid)
}

/** Pids of the children of this process that run a certain program. */
export function childrenCalled(name: string): readonly number[] {
  return statistics()
    .filter(({ parent, command }) => parent === process.pid && command === name)
    .map(({ pid }) => pid)
}

function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])
}

/**
 * The scheduler's own account counts nanoseconds per thread; `/proc/PID/stat` only ticks of ten milliseconds. A thread that
 * ends takes its account with it, so the coarse one counts when it is ahead.
 */
function ownCpu(pid: number): number {
  const fields = afterCommand(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const ticks = (Number(fields[11]) + Number(fields[12])) * 10_000
  try {
    const threads = readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const [nanoseconds = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
      return sum + Number(nanoseconds) / 1000
    }, 0)
    return threads > ticks - 100_000 ? threads : ticks
  } catch {
    return ticks
  }
}

function statistics() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/stat`, 'utf8')
        const command = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
        return [{ pid: Number(name), parent: Number(afterCommand(text)[1]), command }]
      } catch {
        return []
      }
    })
}

/** The fields from `state` on: the command before it may hold spaces and brackets. */
function afterCommand(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
