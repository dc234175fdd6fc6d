import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../test/e2e/support/processes.ts'
import { loadMiniflare, RUNTIME } from '../../test/e2e/support/wrangler-parts.ts'
import { atEnd } from '../at-end.ts'
import { bundleFile } from '../bundle.ts'
import { pinWorker } from '../cores.ts'
import type { Origin } from '../origin.ts'
import { childrenCalled } from '../processes.ts'
import { type RunningWorker, SECRET } from '../runtime.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const GUNICORN = '/usr/bin/gunicorn'

/** Why a peer cannot take part here, or `null`. */
export function missing(peer: 'better-auth' | 'flask-login'): string | null {
  if (peer === 'better-auth')
    return existsSync(`${FOLDER}node_modules/better-auth`) ? null : 'npm ci --prefix bench/peers'
  const probe = spawnSync('/usr/bin/python3', ['-c', 'import flask_login'])
  return existsSync(GUNICORN) && probe.status === 0 ? null : 'apt install gunicorn python3-flask-login'
}

/** better-auth in a workerd process like the gateway's, with a user who has signed up and in by its own API. */
/** Peers are measured with their sessions. */
const NO_TOKENS = () => Promise.reject(new Error('a peer gives no tokens'))

export async function startBetterAuth(origin: Origin, cookieCache: boolean): Promise<RunningWorker> {
  const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = loadMiniflare()
  const [port, built] = [await freePort(), await bundleFile(`${FOLDER}better-auth.mjs`)]
  const base = `http://127.0.0.1:${port}`
  const before = new Set(childrenCalled('workerd'))
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => {},
      compatibilityDate: RUNTIME.compatibilityDate,
      rootPath: built.directory,
      modulesRoot: built.directory,
      modules: built.modules,
      d1Databases: { DB: 'db' },
      bindings: { BASE_URL: base, EDGEGATE_ORIGIN: origin.url, COOKIE_CACHE: cookieCache ? 'yes' : 'no' },
      serviceBindings: { ORIGIN: { external: { address: origin.address, http: {} } } },
      unsafeDirectSockets: [{ host: '127.0.0.1', port }],
    }),
  )
  const stop = () => miniflare.dispose()
  atEnd(stop)
  await miniflare.ready
  const [pid] = childrenCalled('workerd').filter((each) => !before.has(each))
  if (pid === undefined) throw new Error('which workerd has been started cannot be told')
  pinWorker(pid)
  await expectOk(await fetch(`${base}/set-up`))
  const signedUp = await fetch(`${base}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({
      email: 'alice@example.com',
      name: 'Alice Liddell',
      password: 'a rabbit with a waistcoat',
    }),
  })
  const cookie = cookiesOf(await expectOk(signedUp))
  const seed = async (count: number) => Array(count).fill(cookie)
  return { port, pid, stop, bearers: NO_TOKENS, seed, cookieOf: asTheyAre }
}

/** Flask-Login under gunicorn with one synchronous worker, on the Workers' core. */
export async function startFlaskLogin(): Promise<RunningWorker> {
  const port = await freePort()
  const child = spawn(
    GUNICORN,
    ['--workers', '1', '--bind', `127.0.0.1:${port}`, '--log-level', 'critical', 'flask_login_app:app'],
    {
      cwd: FOLDER,
      env: { ...process.env, BENCH_SECRET: SECRET, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: 'ignore',
    },
  )
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  atEnd(stop)
  if (child.pid === undefined) throw new Error('gunicorn did not start')
  pinWorker(child.pid)
  const base = `http://127.0.0.1:${port}`
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`${base}/login`, { method: 'POST' }).catch(() => null)
    if (answer) {
      const cookie = cookiesOf(await expectOk(answer))
      return {
        port,
        pid: child.pid,
        stop,
        bearers: NO_TOKENS,
        seed: async (count) => Array(count).fill(cookie),
        cookieOf: asTheyAre,
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('Flask did not answer')
}

async function expectOk(response: Response): Promise<Response> {
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text.slice(0, 300)}`)
  return response
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

/** The peer's own cookies, among those of the site that everybody carries. */
function asTheyAre(cookies: string | null): string {
  return ['theme=dark', ...(cookies === null ? [] : [cookies]), 'consent=a.b.c'].join('; ')
}
