import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { resolveConfig } from '../../src/config/resolve.ts'
import type { Settings } from '../../src/config/settings.ts'
import { addDemoUsers, DEMO_PASSWORD, DEMO_USERS } from '../demo-users.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import type { Output } from '../output.ts'
import { loadConfig, ROOT } from '../project.ts'
import { withBindings } from '../storage.ts'

/** Where the demo site listens unless that port is taken. */
const DEMO_SITE_PORT = 8788

/** `edgegate dev`: the gateway under wrangler, with KV and D1 in a folder, in front of a local site. Needs no internet. */
export async function runDev(_words: readonly string[], flags: Flags, output: Output): Promise<number> {
  const port = readPort(flags.port)
  if (flags.throttle !== undefined && flags.throttle !== 'off')
    throw new Failure('--throttle takes only: off', 2)
  const url = `http://localhost:${port}`
  const config = path.resolve(flags.demo ? path.join(ROOT, 'demo/edgegate.config.ts') : flags.config)
  const state = path.resolve(
    flags.demo && flags.state === '.edgegate/state' ? path.join(ROOT, '.edgegate/demo') : flags.state,
  )
  output.note(
    `Edgegate: starting the gateway on ${url} (data in ${path.relative(process.cwd(), state) || '.'})`,
  )
  await refusePortInUse(port)
  const site = flags.demo ? await startDemo(output) : null
  try {
    const origin = flags.origin ?? site?.url
    const { basePath } = checkConfig(await loadConfig(config), { url, origin, file: config })
    mkdirSync(state, { recursive: true })
    output.note('Edgegate: preparing KV and D1 …')
    await withBindings({ kind: 'local', state }, async (bindings) => {
      if (flags.demo) await addDemoUsers(bindings)
    })
    output.note('Edgegate: building the Worker …')
    const child = startWrangler({ config, state, port, url, origin, throttle: flags.throttle })
    const ended = waitForEnd(child)
    await Promise.race([
      waitUntilReady(url),
      ended.then((code) => Promise.reject(new Failure(`wrangler ended with ${code}; its words are above.`))),
    ])
    output.note(
      flags.demo
        ? demoBanner(url)
        : `\nReady: ${url}\nMails land at ${url}${basePath}/dev/mail\nThe configuration is ${path.relative(process.cwd(), config)}; a change to it reloads the gateway. Ctrl-C ends it.\n`,
    )
    return await ended
  } finally {
    await site?.close()
  }
}

function readPort(text: string | undefined): number {
  const port = text === undefined ? 8787 : Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Failure(`'${text}' is not a port.`, 2)
  return port
}

async function refusePortInUse(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', () =>
      reject(new Failure(`Port ${port} is in use. Choose another: --port ${port + 1}`)),
    )
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()))
  })
}

async function startDemo(output: Output) {
  const { startDemoSite } = await import('../../demo/site.ts')
  const accounts = DEMO_USERS.map(({ email, roles }) => ({
    identifier: email,
    password: DEMO_PASSWORD,
    note: roles.length > 0 ? `role ${roles.join(', ')}` : 'no role',
  }))
  const start = (port: number) => startDemoSite({ port, host: '127.0.0.1', accounts })
  const site = await start(DEMO_SITE_PORT).catch(() => start(0))
  output.note(`Edgegate: the demo site listens on ${site.url}, which visitors never see`)
  return site
}

function checkConfig(
  config: Awaited<ReturnType<typeof loadConfig>>,
  dev: { url: string; origin: string | undefined; file: string },
): Settings {
  const resolved = resolveConfig(config, { EDGEGATE_DEV: dev.url, EDGEGATE_ORIGIN: dev.origin })
  if (resolved.ok) return resolved.settings
  const list = resolved.problems.map(({ option, message }) => `  ${option}: ${message}`).join('\n')
  throw new Failure(`${dev.file} has problems:\n${list}`)
}

/** Starts `wrangler dev` on an entry that brings the chosen config together with the gateway. */
function startWrangler(run: {
  config: string
  state: string
  port: number
  url: string
  origin: string | undefined
  throttle: string | undefined
}): ChildProcess {
  // One folder a port, so that two gateways may share their data.
  const folder = path.join(run.state, `port-${run.port}`)
  mkdirSync(folder, { recursive: true })
  const entry = path.join(folder, 'worker.ts')
  const from = (file: string) => JSON.stringify(path.relative(folder, file).replace(/^(?!\.)/, './'))
  writeFileSync(
    entry,
    `import config from ${from(run.config)}\nimport { createGateway } from ${from(path.join(ROOT, 'src/app.ts'))}\n\nexport default createGateway(config)\n`,
  )
  // Wrangler takes from the file only what wrangler.toml lists as a secret; the rest goes as variables.
  const secrets = path.join(folder, 'dev.env')
  writeFileSync(secrets, `EDGEGATE_SECRET=${localSecret(run.state)}\n`, { mode: 0o600 })
  const variables = [
    `EDGEGATE_DEV:${run.url}`,
    ...(run.origin ? [`EDGEGATE_ORIGIN:${run.origin}`] : []),
    ...(run.throttle ? [`EDGEGATE_THROTTLE:${run.throttle}`] : []),
  ]
  const wrangler = path.join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const words = [
    'dev',
    entry,
    '--config',
    path.join(ROOT, 'wrangler.toml'),
    '--ip',
    '127.0.0.1',
    '--port',
    String(run.port),
  ]
  const more = [
    '--persist-to',
    run.state,
    '--env-file',
    secrets,
    ...variables.flatMap((variable) => ['--var', variable]),
    '--log-level',
    'error',
    '--show-interactive-dev-session=false',
    '--inspector-port',
    '0',
  ]
  return spawn(process.execPath, [wrangler, ...words, ...more], {
    stdio: ['ignore', 'inherit', 'inherit'],
    cwd: ROOT,
    env: {
      ...process.env,
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_SEND_ERROR_REPORTS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      CLOUDFLARE_INCLUDE_PROCESS_ENV: 'false',
    },
  })
}

/** A secret of this folder's own, so that signed things survive a restart. */
function localSecret(state: string): string {
  const file = path.join(state, 'secret')
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** Passes Ctrl-C on and waits. */
function waitForEnd(child: ChildProcess): Promise<number> {
  const stop = () => child.kill('SIGTERM')
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ? 0 : (code ?? 0))))
}

async function waitUntilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const answer = await fetch(`${url}/auth/health`).catch(() => null)
    if (answer) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Failure('The gateway did not come up within a minute; wrangler’s words are above.')
}

function demoBanner(url: string): string {
  const accounts = DEMO_USERS.map(
    ({ email, roles }) =>
      `    ${email.padEnd(20)} ${roles.length > 0 ? `role ${roles.join(', ')}` : 'no role'}`,
  )
  return `
  Ready: ${url}

  Sign in as
${accounts.join('\n')}
  both with the password
    ${DEMO_PASSWORD}

  /                for everybody
  /members/        for who has signed in
  /admin/          for the role admin
  /whoami          what the site was told about you
  /auth/dev/mail   the mails that would have been sent

  Ctrl-C ends it.
`
}
