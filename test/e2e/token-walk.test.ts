import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { type RecordingOrigin, receivedHeader, startOrigin } from './support/origin.ts'
import { requirePeer } from './support/peers.ts'
import { ALICE } from './support/users.ts'
import { findPython, run } from './verify-stage.ts'

const shell = promisify(execFile)
const DOCS = readFileSync(new URL('../../docs/tokens.md', import.meta.url), 'utf8')

/** The command of the docs that holds this text, for the gateway at hand. */
function commandWith(text: string, values: Readonly<Record<string, string>>): string {
  const blocks = [...DOCS.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const block = blocks.find((one) => one.includes(text))
  if (block === undefined) throw new Error(`docs/tokens.md has no command with ${text}`)
  return Object.entries(values).reduce((command, [from, to]) => command.replaceAll(from, to), block)
}

describe('a program, by the commands of docs/tokens.md', () => {
  let origin: RecordingOrigin
  let gateway: TestGateway

  beforeAll(async () => {
    origin = await startOrigin()
    const entry = new URL('./sites/basic.ts', import.meta.url)
    gateway = await startGateway({ entry, origin: origin.url, users: [ALICE] })
  })
  afterAll(async () => {
    await gateway?.dispose()
    await origin?.close()
  })

  interface Tokens {
    readonly access_token: string
    readonly refresh_token: string
  }

  async function curl(text: string, values: Readonly<Record<string, string>>, env = {}): Promise<string> {
    const site = { 'https://intranet.acme.example': gateway.url }
    const command = commandWith(text, { ...values, ...site }).replaceAll('curl -s ', 'curl -s -i ')
    const { stdout } = await shell('sh', ['-c', command], { env: { ...process.env, ...env } })
    expect(stdout.toLowerCase()).not.toContain('set-cookie')
    return stdout
  }
  const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Tokens
  const signIn = () => curl('"identifier"', { 'ada@acme.example': ALICE.email, '"…"': `"${ALICE.password}"` })

  it('signs in, asks, renews, asks again and signs out, with curl alone', async (test) => {
    requirePeer('curl', test)
    const first = bodyOf(await signIn())
    const ask = (token: string) => curl('$ACCESS_TOKEN"', {}, { ACCESS_TOKEN: token })
    expect(await ask(first.access_token)).toContain('HTTP/1.1 200')
    expect(receivedHeader(origin.requests.at(-1), 'remote-sub')).toEqual([ALICE.id])
    expect(receivedHeader(origin.requests.at(-1), 'authorization')).toEqual([])

    const renewed = bodyOf(await curl('{"refresh_token"', { 'egr_V0h…': first.refresh_token }))
    expect(await ask(renewed.access_token)).toContain('HTTP/1.1 200')
    expect(await curl('token/revoke', { 'egr_V0h…': renewed.refresh_token })).toContain('HTTP/1.1 200')
    expect(await ask(renewed.access_token)).toContain('HTTP/1.1 401')
    expect(await ask(first.access_token)).toContain('HTTP/1.1 401')
    const late = await curl('{"refresh_token"', { 'egr_V0h…': renewed.refresh_token })
    expect(late).toContain('HTTP/1.1 400')
    expect(late).toContain('"error":"invalid_grant"')
  })

  it('P9, P10: another library verifies its token with the published keys, and nothing else', async (test) => {
    const python = findPython() ?? test.skip('no Python with PyJWT here')
    requirePeer('curl', test)
    const { access_token, refresh_token } = bodyOf(await signIn())
    const asked = await fetch(`${gateway.url}/x`, { headers: { authorization: `Bearer ${access_token}` } })
    await asked.body?.cancel()
    const [assertion = ''] = receivedHeader(origin.requests.at(-1), 'x-auth-assertion')
    const [head = '', body = ''] = access_token.split('.')
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`
    const tokens = [access_token, assertion, refresh_token, unsigned, `${head}.${body}.${'A'.repeat(86)}`]
    const judge =
      'import json, sys\nfrom access_token import verify\nprint(json.dumps([verify(t) for t in json.load(sys.stdin)]))'
    const env = {
      EDGEGATE_ISSUER: gateway.url,
      EDGEGATE_JWKS_URL: `${gateway.url}/auth/.well-known/jwks.json`,
      PYTHONDONTWRITEBYTECODE: '1',
    }
    const [claims, ...others] = JSON.parse(await run(python, ['-c', judge], env, JSON.stringify(tokens)))
    expect(claims).toMatchObject({ sub: ALICE.id, email: ALICE.email, scope: '*', amr: ['pwd'], fresh: true })
    expect(others).toEqual([null, null, null, null])
  })
})
