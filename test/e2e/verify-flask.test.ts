import { expect, test } from 'vitest'
import { genuine } from './verify-attacks.ts'
import { describeVerifier } from './verify-contract.ts'
import { findPython, run, settingsFor, start, startGateway } from './verify-stage.ts'

const python = findPython()

const JUDGE = `
import json, sys
from flask_assertion import verify
print(json.dumps([verify(token) is not None for token in json.load(sys.stdin)]))
`

function startFlask(env: Readonly<Record<string, string>>) {
  return start(python ?? '', ['-m', 'flask', '--app', 'flask_assertion', 'run', '--port', '0'], quiet(env))
}

/** Leaves no bytecode beside the snippets. */
function quiet(env: Readonly<Record<string, string>>): Record<string, string> {
  return { ...env, PYTHONDONTWRITEBYTECODE: '1' }
}

if (python === null) {
  test('flask_assertion.py', ({ skip }) => skip('no Python with Flask-Login and PyJWT here'))
} else {
  describeVerifier('flask_assertion.py', {
    start: startFlask,
    route: '/whoami',
    verifyDirectly: async (tokens, env) =>
      JSON.parse(await run(python, ['-c', JUDGE], quiet(env), JSON.stringify(tokens))) as boolean[],
  })

  test('flask_assertion.py asks for the assertion also where a remember_token was left behind', async () => {
    const gateway = await startGateway()
    const app = await startFlask(settingsFor(gateway.jwksUrl))
    try {
      const response = await fetch(`${app.url}/whoami`, {
        headers: {
          'X-Auth-Assertion': await genuine(gateway.es256, Math.floor(Date.now() / 1000)),
          Cookie: 'remember_token=u_bob|0123456789abcdef; session=x',
        },
      })
      expect(await response.json()).toEqual({ user: 'u_alice', roles: ['finance', 'admin'] })
    } finally {
      await app.stop()
      await gateway.close()
    }
  })
}
