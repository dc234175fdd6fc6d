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

/**
 * A handful of sign-ins by password from one browser, one after another. The first is not counted: it builds what the others share, and
 * makes the browser a device that the account knows.
 */
export async function measureLogins(
  worker: RunningWorker,
  user: TestUser,
  times: number,
): Promise<LoginCost> {
  const latencies: number[] = []
  const cpu: number[] = []
  let device = ''
  for (let time = 0; time <= times; time++) {
    const [startedAt, before] = [performance.now(), cpuMicroseconds(worker.pid)]
    const response = await fetch(`http://127.0.0.1:${worker.port}${LOGIN_PATH}`, loginRequest(user, device))
    await response.arrayBuffer()
    device = deviceOf(response)
    if (response.status !== 200) throw new Error(`the login answered ${response.status}`)
    if (time === 0) continue
    latencies.push(performance.now() - startedAt)
    cpu.push((cpuMicroseconds(worker.pid) - before) / 1000)
  }
  return { times, latency: spreadOf(latencies), cpu: spreadOf(cpu) }
}

/** `device`: the cookie by which the account knows this browser; empty where it has never been here. */
export function loginRequest(user: TestUser, device: string) {
  return {
    method: 'POST',
    headers: {
      'user-agent': HEADERS['User-Agent'] ?? '',
      'content-type': 'application/json',
      ...(device === '' ? {} : { cookie: device }),
    },
    body: JSON.stringify({ identifier: user.email, password: user.password }),
  }
}

/** The cookie by which the account will know the browser that was answered. */
export function deviceOf(response: Response): string {
  const pairs = response.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '')
  const device = pairs.find((pair) => /device=/.test(pair))
  if (device === undefined) throw new Error('the login set no device cookie')
  return device
}
