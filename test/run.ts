/**
 * `npm test`: types, lint, generated docs, a deployable bundle, then every test. Ends with `N passed, N failed` from the test
 * runner's own report. Tests whose peer (Chromium, Flask, …) is missing are skipped by name; with EDGEGATE_REQUIRE_PEERS=1 they
 * fail. Words on the command line go to vitest.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.dirname(import.meta.dirname)
const REPORT = path.join(ROOT, 'test-results/vitest.json')

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numFailedTestSuites: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const CHECKS: readonly (readonly [name: string, command: string, ...words: string[]])[] = [
  ['types of the Worker', 'tsc', '--noEmit', '-p', '.'],
  ['types of the command line', 'tsc', '--noEmit', '-p', 'cli'],
  ['lint and format', 'biome', 'check', '--error-on-warnings', '.'],
  ['generated docs', 'node', 'docs/generate.ts', '--check'],
  ['deployable bundle', 'wrangler', 'deploy', '--dry-run', '--outdir', 'test-results/bundle'],
]

function run(command: string, words: readonly string[], quiet: boolean): number {
  const { status, stdout, stderr } = spawnSync(path.join(ROOT, 'node_modules/.bin', command), words, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: quiet ? 'pipe' : 'inherit',
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
  })
  if (quiet && status !== 0) console.log(`${stdout}${stderr}`)
  return status ?? 1
}

let failedChecks = 0
for (const [name, command, ...words] of CHECKS) {
  const status = run(command, words, true)
  console.log(`${status === 0 ? '✓' : '✗'} ${name}`)
  if (status !== 0) failedChecks++
}

rmSync(REPORT, { force: true })
mkdirSync(path.dirname(REPORT), { recursive: true })
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
const status = run('vitest', ['run', ...reporters, ...process.argv.slice(2)], false)

const report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report
const skipped = report.testResults.flatMap((file) =>
  file.assertionResults
    .filter((test) => test.status !== 'passed' && test.status !== 'failed')
    .map((test) => test.fullName),
)
for (const name of skipped) console.log(`skipped: ${name}`)
// A file that cannot even be loaded has no failed tests, but is a failure.
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
)
for (const file of brokenFiles) console.log(`broken: ${file.name}`)
const unexpected = status !== 0 && report.numFailedTests === 0 && brokenFiles.length === 0 ? 1 : 0
const passed = report.numPassedTests + CHECKS.length - failedChecks
const failed = report.numFailedTests + brokenFiles.length + failedChecks + unexpected
const mustRun = process.env.EDGEGATE_REQUIRE_PEERS === '1' ? skipped.length : 0
console.log(`\n${passed} passed, ${failed + mustRun} failed`)
process.exitCode = failed + mustRun === 0 ? 0 : 1
