import { expect, test } from 'vitest'
import { describeVerifier } from './verify-contract.ts'
import { run, SNIPPETS, start } from './verify-stage.ts'

const MIDDLEWARE = JSON.stringify(`${SNIPPETS}/express.mjs`)

/** What `app.use(edgegate)` and a route with `requireVisitor` amount to, without Express. */
const APP = `
import { createServer } from 'node:http'
import { edgegate, requireVisitor } from ${MIDDLEWARE}
const server = createServer((request, response) => {
  edgegate(request, response, (fault) => {
    if (fault) return response.writeHead(500).end()
    requireVisitor(request, response, () => response.end(JSON.stringify({ user: request.visitor.sub })))
  })
})
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))
`

const JUDGE = `
import { text } from 'node:stream/consumers'
import { verify } from ${MIDDLEWARE}
const verdicts = []
for (const token of JSON.parse(await text(process.stdin))) verdicts.push((await verify(token)) !== null)
console.log(JSON.stringify(verdicts))
`

describeVerifier('express.mjs', {
  start: (env) => start(process.execPath, ['--input-type=module', '-e', APP], env),
  route: '/',
  verifyDirectly: async (tokens, env) =>
    JSON.parse(
      await run(process.execPath, ['--input-type=module', '-e', JUDGE], env, JSON.stringify(tokens)),
    ) as boolean[],
})

test('express.mjs does not start without an issuer and an audience', async () => {
  for (const missing of ['EDGEGATE_ISSUER', 'EDGEGATE_AUDIENCE']) {
    const env = {
      EDGEGATE_ISSUER: 'i',
      EDGEGATE_AUDIENCE: 'a',
      EDGEGATE_JWKS_URL: 'http://127.0.0.1:9/',
      [missing]: '',
    }
    await expect(run(process.execPath, [`${SNIPPETS}/express.mjs`], env, '')).rejects.toThrow(/must be given/)
  }
})
