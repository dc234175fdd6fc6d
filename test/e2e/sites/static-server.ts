import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TEST_SECRET } from '../support/gateway.ts'
import { freePort, startProcess } from '../support/processes.ts'
import type { TestUser } from '../support/users.ts'

const HERE = import.meta.dirname
const ROOT = path.resolve(HERE, '../../..')
const EXPORT = path.join(HERE, 'static-export')

export interface StaticServer {
  readonly url: string
  stop(): Promise<void>
}

/** nginx with the export, as static-nginx.conf sets it up. */
export async function startNginx(nginx: string): Promise<StaticServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'edgegate-static-'))
  const port = await freePort()
  const site = readFileSync(path.join(HERE, 'static-nginx.conf'), 'utf8')
    .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replace('/srv/handbook', EXPORT)
  mkdirSync(path.join(folder, 'temp'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path temp/${kind};`,
  )
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `user root; daemon off; pid nginx.pid; error_log stderr notice; worker_processes 1; events {}
     http { access_log off; types { text/html html; text/css css; image/svg+xml svg; } ${temporary.join(' ')} ${site} }`,
  )
  const running = await startProcess(nginx, ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf'], {
    ready: /start worker process/,
  })
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The gateway with the export in its own assets, under `wrangler dev` and with the `[assets]` of static-assets.toml. */
export async function startGatewayWithAssets(users: readonly TestUser[]): Promise<StaticServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'edgegate-assets-'))
  const config = path.join(HERE, 'static-assets.config.ts')
  const assets = readFileSync(path.join(HERE, 'static-assets.toml'), 'utf8').replace('./handbook', EXPORT)
  const deployment = readFileSync(path.join(ROOT, 'wrangler.toml'), 'utf8')
    .replace('main = "src/index.ts"', 'main = "worker.ts"')
    .replace(
      'migrations_dir = "migrations"',
      `migrations_dir = ${JSON.stringify(path.join(ROOT, 'migrations'))}`,
    )
  writeFileSync(path.join(folder, 'wrangler.toml'), `${deployment}\n${assets}`)
  writeFileSync(
    path.join(folder, 'worker.ts'),
    `import config from ${JSON.stringify(config)}
     import { createGateway } from ${JSON.stringify(path.join(ROOT, 'src/app.ts'))}
     export default createGateway(config)`,
  )
  writeFileSync(path.join(folder, 'dev.env'), `EDGEGATE_SECRET=${TEST_SECRET}\n`)
  for (const { email, name, password } of users) {
    execFileSync(
      process.execPath,
      [
        ...[path.join(ROOT, 'cli/edgegate.mjs'), 'user', 'add', email, '--password-stdin'],
        ...[...(name ? ['--name', name] : []), '--state', folder, '--config', config],
      ],
      { input: password, stdio: ['pipe', 'ignore', 'inherit'] },
    )
  }
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const wrangler = path.join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const words = [
    ...['dev', '--config', path.join(folder, 'wrangler.toml'), '--ip', '127.0.0.1', '--port', String(port)],
    ...['--persist-to', folder, '--env-file', path.join(folder, 'dev.env'), '--var', `EDGEGATE_DEV:${url}`],
    ...['--var', 'EDGEGATE_THROTTLE:off', '--show-interactive-dev-session=false', '--inspector-port', '0'],
  ]
  const running = await startProcess(process.execPath, [wrangler, ...words], {
    ready: async () => (await fetch(`${url}/auth/health`).catch(() => null))?.status === 200,
    timeoutMs: 90_000,
    cwd: ROOT,
    env: {
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
    },
  })
  return {
    url,
    stop: async () => {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
