import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

/**
 * The Worker gets a core to itself; load, origin and this process share the other. Without `taskset` or a second core
 * nothing is pinned and the run says so.
 */
export const PINNED = cpus().length >= 2 && pin(1, process.pid)

/** Moves a process with all its threads to the Workers' core. */
export function pinWorker(pid: number): void {
  if (PINNED) pin(0, pid)
}

function pin(core: number, pid: number): boolean {
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
