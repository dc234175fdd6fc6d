import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'vitest'
import { describeProxy } from './forward-auth-contract.ts'
import { answers, snippet } from './forward-auth-stage.ts'
import { startProcess } from './support/processes.ts'
import { findPeer } from './verify-stage.ts'

const caddy = findPeer(['caddy', '/usr/bin/caddy'], ['version'], 'Caddy')
if (caddy === null) test('Caddy', ({ skip }) => skip('Caddy is not installed here'))
else
  describeProxy(
    'Caddy, as docs/forward-auth/Caddyfile sets it up',
    async ({ port, gateway, app, secret }) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'edgegate-caddy-'))
      // The global options keep this one apart from any other Caddy on the machine.
      const global = `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${folder}\n}\n`
      writeFileSync(path.join(folder, 'Caddyfile'), `${global}${snippet('Caddyfile')}`)
      const server = await startProcess(
        caddy,
        ['run', '--config', path.join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
        {
          ready: () => answers(port),
          env: {
            SITE: `http://127.0.0.1:${port}`,
            EDGEGATE: gateway.url,
            EDGEGATE_CHECK_SECRET: secret,
            APP: app.url,
            HOME: folder,
            XDG_CONFIG_HOME: folder,
            XDG_DATA_HOME: folder,
          },
        },
      )
      return {
        async stop() {
          await server.stop()
          rmSync(folder, { recursive: true, force: true })
        },
      }
    },
    {
      checksDecision: true,
      isTaken: (name) =>
        /^(?:remote|x-remote|x-auth|x-authenticated|x-authentik|x-webauth|x-jwt)-|^x-forwarded-(?:user|email|groups|preferred)/i.test(
          name,
        ),
    },
  )
