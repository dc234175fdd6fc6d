import { setTimeout as sleep } from 'node:timers/promises'
import type { TestUser } from '../test/e2e/support/users.ts'
import { deviceOf, LOGIN_PATH, loginRequest } from './login.ts'
import { type Bearer, cookieOf, HEADERS } from './rows.ts'
import type { RunningWorker } from './runtime.ts'
import type { Counts } from './workers/counting.ts'

export interface Counted {
  readonly label: string
  readonly perRequest: Counts
}

const TIMES = 10
/** With the one before of the known device as many as mail their owner a day. */
const FIRST_SIGN_INS = 4
/** Longer than a mail takes that leaves after the answer. */
const SETTLE_MS = 300

/** Storage operations per request, exact: each kind of request is made a number of times by itself. */
export async function countOperations(worker: RunningWorker, user: TestUser): Promise<readonly Counted[]> {
  const base = `http://127.0.0.1:${worker.port}`
  const tokens = await worker.seed(TIMES + 1, HEADERS['User-Agent'] ?? '')
  const [warm = ''] = tokens.splice(0, 1)
  const get = (path: string, token: string | null) => () => expectPage(`${base}${path}`, token)
  const bearers = await worker.bearers()
  const bearing = (kind: Bearer) => () =>
    expectPage(`${base}/page`, null, { Authorization: `Bearer ${bearers[kind]}` })
  let device = ''
  const kinds: readonly {
    readonly label: string
    readonly warmUp: boolean
    readonly times?: number
    readonly ask: () => Promise<void>
  }[] = [
    { label: 'public rule', warmUp: true, ask: get('/public/page', warm) },
    { label: 'optional rule, anonymous', warmUp: true, ask: get('/open/page', null) },
    {
      label: 'signed-in page, first sight of the session',
      warmUp: false,
      ask: () => expectPage(`${base}/page`, tokens.pop() ?? null),
    },
    { label: 'signed-in page, warm', warmUp: true, ask: get('/page', warm) },
    { label: 'access token, warm', warmUp: true, ask: bearing('access-token') },
    { label: 'API key, warm', warmUp: true, ask: bearing('api-key') },
    {
      label: 'login, known device',
      warmUp: true,
      ask: async () => {
        device = await expectLogin(`${base}${LOGIN_PATH}`, user, device)
      },
    },
    {
      label: 'login, first from a device, its mail to the owner included',
      warmUp: false,
      times: FIRST_SIGN_INS,
      ask: async () => void (await expectLogin(`${base}${LOGIN_PATH}`, user, '')),
    },
  ]
  const counted: Counted[] = []
  for (const { label, warmUp, times = TIMES, ask } of kinds) {
    if (warmUp) await ask()
    await readCounts(base)
    for (let time = 0; time < times; time++) await ask()
    const total = await readCounts(base)
    counted.push({
      label,
      perRequest: {
        kvReads: total.kvReads / times,
        kvWrites: total.kvWrites / times,
        d1Statements: total.d1Statements / times,
        d1Trips: total.d1Trips / times,
      },
    })
  }
  return counted
}

async function readCounts(base: string): Promise<Counts> {
  return (await (await fetch(`${base}/count`)).json()) as Counts
}

async function expectPage(
  url: string,
  token: string | null,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const headers = { ...HEADERS, ...more, cookie: cookieOf(token) }
  const response = await fetch(url, { headers, redirect: 'manual' })
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`${url} answered ${response.status} while counting`)
}

async function expectLogin(url: string, user: TestUser, device: string): Promise<string> {
  const response = await fetch(url, loginRequest(user, device))
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`the login answered ${response.status} while counting`)
  if (device === '') await sleep(SETTLE_MS)
  return deviceOf(response)
}
