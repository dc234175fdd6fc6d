import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPython, type Running, start } from './verify-stage.ts'

const python = findPython()

function startFlask(env: Readonly<Record<string, string>>): Promise<Running> {
  return start(python ?? '', ['-m', 'flask', '--app', 'flask_headers', 'run', '--port', '0'], {
    ...env,
    PYTHONDONTWRITEBYTECODE: '1',
  })
}

function ask(app: Running, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${app.url}/whoami`, { headers })
}

if (python === null) {
  test('flask_headers.py', ({ skip }) => skip('no Python with Flask-Login here'))
} else {
  describe('flask_headers.py', () => {
    let app: Running
    let elsewhere: Running
    beforeAll(async () => {
      app = await startFlask({ EDGEGATE_PEERS: '127.0.0.1' })
      elsewhere = await startFlask({ EDGEGATE_PEERS: '192.0.2.1' })
    })
    afterAll(async () => {
      await app?.stop()
      await elsewhere?.stop()
    })

    test('knows the visitor whom a believed neighbour names', async () => {
      const response = await ask(app, {
        'Remote-User': 'alice@acme.example',
        'Remote-Name': '%E4%BD%90%E8%97%A4',
        'Remote-Groups': 'finance,admin',
      })
      expect(await response.json()).toEqual({
        user: 'alice@acme.example',
        name: '佐藤',
        groups: ['finance', 'admin'],
      })
    })

    test('knows nobody without a name, or with a leftover remember_token only', async () => {
      expect((await ask(app, {})).status).toBe(401)
      expect((await ask(app, { 'Remote-User': '', 'Remote-Groups': 'admin' })).status).toBe(401)
      expect((await ask(app, { Cookie: 'remember_token=u_bob|0123456789abcdef' })).status).toBe(401)
    })

    test('believes no other neighbour, whatever it says of its address', async () => {
      const claimed = { 'X-Forwarded-For': '192.0.2.1', 'X-Real-IP': '192.0.2.1', Forwarded: 'for=192.0.2.1' }
      expect((await ask(elsewhere, { 'Remote-User': 'alice', ...claimed })).status).toBe(401)
      expect((await ask(elsewhere, { 'Remote-User': 'alice', 'Remote-Addr': '192.0.2.1' })).status).toBe(401)
    })
  })
}
