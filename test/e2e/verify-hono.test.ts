import { expect, test } from 'vitest'
import { describeVerifier } from './verify-contract.ts'
import { run, SNIPPETS, start } from './verify-stage.ts'

/** Hono's app speaks Fetch; this is what its Node adapter does. */
const APP = `
import { createServer } from 'node:http'
import { app } from ${JSON.stringify(`${SNIPPETS}/hono.mjs`)}
const server = createServer(async (request, response) => {
  const answer = await app.fetch(new Request('http://127.0.0.1' + request.url, { headers: request.headers }))
  response.writeHead(answer.status).end(await answer.text())
})
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))
`

/** By the name under which the package has it. */
const JUDGE = `
import { text } from 'node:stream/consumers'
import { createVerifier } from 'edgegate/verify'
const { EDGEGATE_ISSUER: issuer, EDGEGATE_AUDIENCE: audience, EDGEGATE_JWKS_URL: jwksUrl } = process.env
const verify = createVerifier({ issuer, audience, jwksUrl })
const verdicts = []
for (const token of JSON.parse(await text(process.stdin))) verdicts.push((await verify(token)) !== null)
console.log(JSON.stringify(verdicts))
`

describeVerifier('hono.mjs, and edgegate/verify', {
  start: (env) => start(process.execPath, ['--input-type=module', '-e', APP], env),
  route: '/whoami',
  verifyDirectly: async (tokens, env) =>
    JSON.parse(
      await run(process.execPath, ['--input-type=module', '-e', JUDGE], env, JSON.stringify(tokens)),
    ) as boolean[],
})

test('edgegate/verify takes no verifier without an issuer and an audience', async () => {
  const { createVerifier } = await import('../../docs/verify/verify.mjs')
  expect(() => createVerifier({ issuer: '', audience: 'a' })).toThrow(/must be given/)
  expect(() => createVerifier({ issuer: 'https://i.example', audience: '' })).toThrow(/must be given/)
})
