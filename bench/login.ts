import type { TestUser } from '../test/e2e/support/users.ts'
import { cpuMicroseconds } from './processes.ts'
import { HEADERS } from './rows.ts'
import type { RunningWorker } from './runtime.ts'
import { type Spread, spreadOf } from './statistics.ts'

export const LOGIN_PATH = '/auth/api/login'

export interface LoginCost {
  readonly times: number
  /** Milliseconds. */
  readonly latency: Spread
  /** Milliseconds. */
  readonly cpu: Spread
}

/** A handful of sign-ins by password, one after another. The first is not counted: it builds what the others share. */
export async function measureLogins(
  worker: RunningWorker,
  user: TestUser,
  times: number,
): Promise<LoginCost> {
  const latencies: number[] = []
  const cpu: number[] = []
  for (let time = 0; time <= times; time++) {
    const [startedAt, before] = [performance.now(), cpuMicroseconds(worker.pid)]
    const response = await fetch(`http://127.0.0.1:${worker.port}${LOGIN_PATH}`, loginRequest(user))
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`the login answered ${response.status}`)
    if (time === 0) continue
    latencies.push(performance.now() - startedAt)
    cpu.push((cpuMicroseconds(worker.pid) - before) / 1000)
  }
  return { times, latency: spreadOf(latencies), cpu: spreadOf(cpu) }
}

export function loginRequest(user: TestUser) {
  return {
    method: 'POST',
    headers: { 'user-agent': HEADERS['User-Agent'] ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: user.email, password: user.password }),
  }
}
