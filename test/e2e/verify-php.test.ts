import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, test } from 'vitest'
import { freePort } from './support/processes.ts'
import { describeVerifier } from './verify-contract.ts'
import { findPeer, run, SNIPPETS, start } from './verify-stage.ts'

const php = findPeer(
  ['php', '/usr/bin/php'],
  [
    '-r',
    "exit(function_exists('openssl_verify') && function_exists('sodium_crypto_sign_verify_detached') ? 0 : 1);",
  ],
  'PHP with openssl and sodium',
)

const INCLUDE = `require ${JSON.stringify(`${SNIPPETS}/edgegate.php`)};`
const PAGE = `<?php ${INCLUDE}
$visitor = edgegate_visitor();
if ($visitor === null) http_response_code(401); else echo $visitor['sub'];
`
const JUDGE = `${INCLUDE}
$tokens = json_decode(stream_get_contents(STDIN), true);
echo json_encode(array_map(fn ($token) => edgegate_verify($token) !== null, $tokens));
`

if (php === null) test('edgegate.php', ({ skip }) => skip('no PHP with openssl and sodium here'))
else
  describe('without Composer', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'edgegate-php-'))
    let started = 0
    /** Each server has keys of its own. */
    const withCache = (env: Readonly<Record<string, string>>) => {
      started += 1
      return { ...env, EDGEGATE_JWKS_CACHE: path.join(folder, `jwks-${started}.json`) }
    }
    writeFileSync(path.join(folder, 'index.php'), PAGE)
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    describeVerifier('edgegate.php', {
      start: async (env) => {
        const address = `127.0.0.1:${await freePort()}`
        const server = await start(
          php,
          ['-S', address, path.join(folder, 'index.php')],
          withCache(env),
          /Development Server .* started/,
        )
        return { ...server, url: `http://${address}` }
      },
      route: '/',
      verifyDirectly: async (tokens, env) =>
        JSON.parse(await run(php, ['-r', JUDGE], withCache(env), JSON.stringify(tokens))) as boolean[],
    })
  })
