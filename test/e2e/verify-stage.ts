import { spawn, spawnSync } from 'node:child_process'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createJwksResponse } from '../../src/token/jwks-response.ts'
import { parseSecrets, type Secrets } from '../../src/token/secrets.ts'
import { createKeyRing, type KeyRing } from '../../src/token/signing-keys.ts'
import { startProcess } from './support/processes.ts'

export const ISSUER = 'https://intranet.acme.example'
export const AUDIENCE = 'https://origin.acme.example'
export const SNIPPETS = path.join(import.meta.dirname, '../../docs/verify')

const ROTATION_SECONDS = 30 * 86_400

export interface Gateway {
  readonly es256: KeyRing
  readonly eddsa: KeyRing
  /** Keys of a gateway that has nothing to do with ours. */
  readonly stranger: KeyRing
  readonly rotationSeconds: number
  readonly jwksUrl: string
  /** How often the key set was fetched. */
  fetches(): number
  close(): Promise<void>
}

/** What an origin can see of a gateway: its key set, served on loopback. */
export async function startGateway(): Promise<Gateway> {
  const secrets = secretsFrom('the-secret-of-this-gateway-0123456789-abcdefgh')
  const es256 = createKeyRing({
    secrets,
    purpose: 'assertion',
    algorithm: 'ES256',
    rotationSeconds: ROTATION_SECONDS,
  })
  const eddsa = createKeyRing({
    secrets,
    purpose: 'assertion',
    algorithm: 'EdDSA',
    rotationSeconds: ROTATION_SECONDS,
  })
  const stranger = createKeyRing({
    secrets: secretsFrom('the-secret-of-somebody-else-9876543210-zyxwvuts'),
    purpose: 'assertion',
    algorithm: 'ES256',
    rotationSeconds: ROTATION_SECONDS,
  })
  let fetches = 0
  const server = await listen((_request, response) => {
    fetches += 1
    const now = Date.now() / 1000
    void Promise.all([es256.published(now), eddsa.published(now)])
      .then(([one, other]) => createJwksResponse([...one, ...other], { https: false }))
      .then(async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
      })
  })
  return {
    es256,
    eddsa,
    stranger,
    rotationSeconds: ROTATION_SECONDS,
    jwksUrl: `${server.url}/auth/.well-known/jwks.json`,
    fetches: () => fetches,
    close: server.close,
  }
}

function secretsFrom(text: string): Secrets {
  const parsed = parseSecrets(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.secrets
}

export interface Listening {
  readonly url: string
  close(): Promise<void>
}

/** An HTTP server on a free loopback port. */
export async function listen(handler: RequestListener): Promise<Listening> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** The environment that every snippet is configured by. */
export function settingsFor(jwksUrl: string): Record<string, string> {
  return { EDGEGATE_ISSUER: ISSUER, EDGEGATE_AUDIENCE: AUDIENCE, EDGEGATE_JWKS_URL: jwksUrl }
}

export interface Running {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a server and waits until it has written `ready` to standard output or error: by default its loopback address, which
 * is then its `url`.
 */
export async function start(
  command: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
  ready: RegExp = /http:\/\/127\.0\.0\.1:\d+/,
): Promise<Running> {
  const running = await startProcess(command, parameters, { ready, cwd: SNIPPETS, env })
  return { url: ready.exec(running.output())?.[0] ?? '', stop: running.stop }
}

/** Runs a program to its end with `input`, and gives what it wrote. */
export function run(
  command: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<string> {
  const child = spawn(command, parameters, { env: { ...process.env, ...env }, cwd: SNIPPETS })
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    let [written, complaint] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      written += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve(written) : reject(new Error(complaint))))
  })
}

/**
 * The first of `commands` that works with these parameters, or `null` where there is none. With EDGEGATE_REQUIRE_PEERS=1 a
 * missing one is an error, so that a run that is meant to be complete cannot leave its tests out unnoticed.
 */
export function findPeer(
  commands: readonly string[],
  parameters: readonly string[],
  what: string,
): string | null {
  const found = commands.find((command) => spawnSync(command, parameters, { stdio: 'ignore' }).status === 0)
  if (found === undefined && process.env.EDGEGATE_REQUIRE_PEERS === '1')
    throw new Error(`${what} is not installed`)
  return found ?? null
}

/** A Python that has what the Flask snippets import (Debian: python3-flask-login, python3-jwt, python3-cryptography). */
export function findPython(): string | null {
  return findPeer(
    ['python3', '/usr/bin/python3'],
    ['-c', 'import flask, flask_login, jwt, cryptography'],
    'Python with Flask-Login and PyJWT',
  )
}
