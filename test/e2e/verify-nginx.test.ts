import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from './support/processes.ts'
import { genuine } from './verify-attacks.ts'
import { describeVerifier } from './verify-contract.ts'
import {
  findPeer,
  type Gateway,
  type Running,
  SNIPPETS,
  settingsFor,
  start,
  startGateway,
} from './verify-stage.ts'

const nginx = findPeer(['nginx', '/usr/sbin/nginx'], ['-v'], 'nginx')

/** nginx as docs/verify/nginx.conf sets it up, with its verifier and an application that speaks the uwsgi protocol. */
async function startNginx(env: Readonly<Record<string, string>>): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'edgegate-nginx-'))
  const app = await startApplication(path.join(folder, 'app.sock'))
  const verifier = await start(process.execPath, [`${SNIPPETS}/verifier.mjs`], { ...env, PORT: '0' })
  const port = await freePort()
  const values: Record<string, string> = {
    PORT: String(port),
    EDGEGATE_VERIFIER: verifier.url,
    EDGEGATE_APP: `unix:${folder}/app.sock`,
  }
  const site = readFileSync(path.join(SNIPPETS, 'nginx.conf'), 'utf8').replaceAll(
    /\$\{(\w+)\}/g,
    (_all, name: string) => values[name] ?? '',
  )
  writeFileSync(path.join(folder, 'uwsgi_params'), 'uwsgi_param REQUEST_URI $request_uri;\n')
  mkdirSync(path.join(folder, 'temp'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path temp/${kind};`,
  )
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `user root; daemon off; pid nginx.pid; error_log stderr notice; worker_processes 1; events {}
     http { access_log off; ${temporary.join(' ')} ${site} }`,
  )
  const parameters = ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf']
  const server = await start(nginx ?? '', parameters, {}, /start worker process/)
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await server.stop()
      await verifier.stop()
      await app.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Answers with the variables that the uwsgi protocol handed it, as JSON. */
async function startApplication(socketPath: string): Promise<{ close(): Promise<void> }> {
  const server: Server = createServer((socket: Socket) => {
    let received = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readUInt16LE(1)) return
      const body = JSON.stringify(variablesIn(received.subarray(4, 4 + received.readUInt16LE(1))))
      socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${body}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** Pairs of length-prefixed texts (the uwsgi protocol's block of variables); of two alike the last, as uWSGI takes it. */
function variablesIn(block: Buffer): Record<string, string> {
  const texts: string[] = []
  for (let at = 0; at < block.length; ) {
    const length = block.readUInt16LE(at)
    texts.push(block.toString('utf8', at + 2, at + 2 + length))
    at += 2 + length
  }
  return Object.fromEntries(
    texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1] ?? '']] : [])),
  )
}

if (nginx === null) {
  test('nginx.conf', ({ skip }) => skip('nginx is not installed here'))
} else {
  describeVerifier('nginx.conf with verifier.mjs', { start: startNginx, route: '/' })

  describe('nginx.conf', () => {
    let gateway: Gateway
    let app: Running
    beforeAll(async () => {
      gateway = await startGateway()
      app = await startNginx(settingsFor(gateway.jwksUrl))
    })
    afterAll(async () => {
      await app?.stop()
      await gateway?.close()
    })

    async function variables(
      claims: Readonly<Record<string, unknown>>,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Record<string, string>> {
      const token = await genuine(gateway.es256, Math.floor(Date.now() / 1000), claims)
      const response = await fetch(app.url, { headers: { ...headers, 'X-Auth-Assertion': token } })
      expect(response.status).toBe(200)
      return (await response.json()) as Record<string, string>
    }

    test('hands the application the verified identity as its own parameters', async () => {
      expect(await variables({})).toMatchObject({
        REMOTE_USER: 'u_alice',
        HTTP_REMOTE_USER: 'u_alice',
        HTTP_REMOTE_EMAIL: 'alice@acme.example',
        HTTP_REMOTE_GROUPS: 'finance,admin',
      })
    })

    test('P5: what the request says of its user replaces nothing, in any spelling', async () => {
      const forged = Object.fromEntries(
        [
          'Remote-User',
          'Remote_User',
          'REMOTE-USER',
          'Remote-Email',
          'Remote-Groups',
          'Remote-Name',
          'X-Forwarded-User',
        ]
          .concat(['Verified-User', 'Verified-Email', 'Verified-Groups'])
          .map((name) => [name, 'mallory']),
      )
      const {
        HTTP_VERIFIED_USER: _user,
        HTTP_VERIFIED_EMAIL: _email,
        HTTP_VERIFIED_GROUPS: _groups,
        ...seen
      } = await variables({ email_verified: false }, forged)
      expect(seen).toMatchObject({ REMOTE_USER: 'u_alice', HTTP_REMOTE_USER: 'u_alice' })
      expect(Object.values(seen)).not.toContain('mallory')
    })

    test('says nothing of an address that is not verified', async () => {
      expect((await variables({ email_verified: false })).HTTP_REMOTE_EMAIL ?? '').toBe('')
    })

    test('keeps a name that is not plain ASCII in one piece', async () => {
      expect(await variables({ sub: '佐藤\r\nRemote-Groups: root', roles: ['a,b', 'ü'] })).toMatchObject({
        REMOTE_USER: '%E4%BD%90%E8%97%A4%0D%0ARemote-Groups%3A%20root',
        HTTP_REMOTE_GROUPS: 'a%2Cb,%C3%BC',
      })
    })

    test('shows its inner check to nobody', async () => {
      expect((await fetch(`${app.url}/_edgegate`)).status).toBe(404)
    })
  })
}
