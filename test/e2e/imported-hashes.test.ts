import { expect, it } from 'vitest'
import { readAccountLine } from '../../cli/transfer/account-line.ts'
import { createUsers } from '../../src/user/users.ts'
import { useGateway } from './support/use-gateway.ts'
import { findPeer, run } from './verify-stage.ts'

const PASSWORD = 'pässwörd that travels – quietly'

/** Every line a hash by the library itself, with its defaults where they fit an isolate. */
const MAKE_HASHES = `
import json, sys
from django.conf import settings
settings.configure()
from django.contrib.auth.hashers import make_password
import argon2, bcrypt, werkzeug.security
password = json.load(sys.stdin)
hashes = {
    'werkzeug': werkzeug.security.generate_password_hash(password),
    'django': make_password(password),
    'bcrypt': bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode(),
    'argon2': argon2.PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4).hash(password),
}
try:
    hashes['werkzeug-scrypt'] = werkzeug.security.generate_password_hash(password, 'scrypt')
except ValueError:
    pass  # Werkzeug before 2.3
print(json.dumps(hashes))
`

const python = findPeer(
  ['python3', '/usr/bin/python3'],
  ['-c', 'import django, werkzeug, bcrypt, argon2'],
  'Python with Django, Werkzeug, bcrypt and argon2-cffi',
)
const site = useGateway()

function signIn(email: string, password: string) {
  return fetch(`${site.gateway.url}/auth/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: email, password }),
  })
}

it('accounts of Flask, Django and others sign in with their old passwords, and have hashes of ours from then on', async ({
  skip,
}) => {
  if (python === null) return skip('no Python with Django, Werkzeug, bcrypt and argon2-cffi here')
  const made = await run(python, ['-c', MAKE_HASHES], {}, JSON.stringify(PASSWORD))
  const hashes = Object.entries(JSON.parse(made) as Record<string, string>)
  expect(hashes.length).toBeGreaterThanOrEqual(4)
  const users = createUsers(site.gateway.d1)
  const hashOf = async (email: string) => (await users.findByIdentifier(email))?.passwordHash
  for (const [system, passwordHash] of hashes) {
    const email = `${system}@example.com`
    const line = readAccountLine({ email, passwordHash }, { now: 0, vouched: true })
    if (line.kind === 'refused') throw new Error(`${system}: ${line.message}`)
    expect(await users.insert(line.user)).toBe(true)

    expect((await signIn(email, `${PASSWORD}!`)).status, system).toBe(401)
    expect(await hashOf(email), system).toBe(line.user.passwordHash)
    expect((await signIn(email, PASSWORD)).status, system).toBe(200)
    await expect.poll(() => hashOf(email), { timeout: 20_000 }).toMatch(/^\$argon2id\$.*,keyid=/)
    expect((await signIn(email, PASSWORD)).status, system).toBe(200)
    expect((await signIn(email, `${PASSWORD}!`)).status, system).toBe(401)
  }
})
