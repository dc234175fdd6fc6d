import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'vitest'
import { describeProxy } from './forward-auth-contract.ts'
import { snippet } from './forward-auth-stage.ts'
import { startProcess } from './support/processes.ts'
import { findPeer } from './verify-stage.ts'

const nginx = findPeer(['nginx', '/usr/sbin/nginx'], ['-v'], 'nginx')
if (nginx === null) test('nginx', ({ skip }) => skip('nginx is not installed here'))
else
  describeProxy(
    'nginx, as docs/forward-auth/nginx.conf sets it up',
    async ({ port, gateway, app, secret }) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'edgegate-nginx-'))
      const values: Record<string, string> = {
        LISTEN: `127.0.0.1:${port}`,
        EDGEGATE: gateway.url,
        EDGEGATE_HOST: 'gateway.example',
        EDGEGATE_CHECK_SECRET: secret,
        APP: app.url,
      }
      const site = snippet('nginx.conf').replaceAll(
        /\$\{(\w+)\}/g,
        (_all, name: string) => values[name] ?? '',
      )
      mkdirSync(path.join(folder, 'temp'))
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `${kind}_temp_path temp/${kind};`,
      )
      writeFileSync(
        path.join(folder, 'nginx.conf'),
        `user root; daemon off; pid nginx.pid; error_log stderr notice; worker_processes 1; events {}
         http { access_log off; ${temporary.join(' ')} ${site} }`,
      )
      const server = await startProcess(nginx, ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf'], {
        ready: /start worker process/,
      })
      return {
        async stop() {
          await server.stop()
          rmSync(folder, { recursive: true, force: true })
        },
      }
    },
    {
      checksDecision: false,
      isTaken: (name) => /^(?:remote-(?:user|email|name|groups|sub)$|x-auth-assertion$)/i.test(name),
    },
  )
