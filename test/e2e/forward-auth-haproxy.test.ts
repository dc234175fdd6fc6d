import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { describeProxy } from './forward-auth-contract.ts'
import { answers } from './forward-auth-stage.ts'
import { startProcess } from './support/processes.ts'
import { findPeer } from './verify-stage.ts'

const FOLDER = fileURLToPath(new URL('../../docs/forward-auth', import.meta.url))

const haproxy = findPeer(['haproxy', '/usr/sbin/haproxy'], ['-v'], 'HAProxy')
if (haproxy === null) test('HAProxy', ({ skip }) => skip('HAProxy is not installed here'))
else
  describeProxy(
    'HAProxy, as docs/forward-auth/haproxy.cfg sets it up',
    async ({ port, gateway, app, secret }) =>
      await startProcess(haproxy, ['-db', '-f', `${FOLDER}/haproxy.cfg`], {
        ready: () => answers(port),
        env: {
          LISTEN: `127.0.0.1:${port}`,
          EDGEGATE: gateway.url,
          EDGEGATE_HOST: 'gateway.example',
          EDGEGATE_ADDRESS: gateway.host,
          EDGEGATE_CHECK_SECRET: secret,
          EDGEGATE_LUA: `${FOLDER}/edgegate.lua`,
          APP: app.url.replace('http://', ''),
        },
      }),
    {
      checksDecision: true,
      isTaken: (name) =>
        /^(?:remote|x-remote|x-auth|x-authenticated|x-authentik|x-webauth|x-jwt|x-forwarded)-/i.test(name),
    },
  )
