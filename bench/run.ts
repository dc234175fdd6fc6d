import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ALICE } from '../test/e2e/support/users.ts'
import { end } from './at-end.ts'
import { deployedSize } from './bundle.ts'
import { measureColdStarts } from './cold-start.ts'
import { countOperations } from './count.ts'
import { measureLogins } from './login.ts'
import { describeMachine } from './machine.ts'
import { measure, roundMs, type Stage } from './measure.ts'
import { measureMemory } from './memory.ts'
import { type Origin, startOrigin } from './origin.ts'
import { missing, startBetterAuth, startFlaskLogin } from './peers/start.ts'
import { formatPage, formatText, type Results } from './report.ts'
import { BEARERS, FLOOR, HEADERS, PASS_THROUGH, PEERS, type Peer, ROWS, type Row } from './rows.ts'
import { type RunningWorker, startWorker } from './runtime.ts'

const PAGE = fileURLToPath(new URL('../docs/performance.md', import.meta.url))
const USAGE = `npm run bench -- [--quick | --seconds <10 and more>] [--rows <key,key>] [--write]
rows: ${ROWS.map(({ key }) => key).join(', ')}`

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '90' },
    rows: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const seconds = options.quick ? 20 : Number(options.seconds)
const wanted = options.rows === '' ? ROWS : ROWS.filter(({ key }) => options.rows.split(',').includes(key))
const chosen = wanted.filter(({ worker }) => !isPeer(worker) || missing(kindOf(worker)) === null)
if (options.help || !(seconds >= 10) || chosen.length === 0 || (options.write && wanted !== ROWS)) {
  console.log(USAGE)
  process.exit(options.help ? 0 : 2)
}

const startedAt = performance.now()
const elapsedMs = () => performance.now() - startedAt
const say = (text: string) => console.log(`${(elapsedMs() / 1000).toFixed(1).padStart(6)} s  ${text}`)

try {
  const results = await run()
  console.log(`\n${formatText(results)}`)
  console.log([...results.machine, `rounds: ${results.rounds}, ${results.visitMs} ms a visit`].join('\n'))
  if (options.write) {
    writeFileSync(PAGE, formatPage(results))
    say('docs/performance.md is written')
  }
} finally {
  await end()
}

function isPeer(worker: Row['worker']): worker is Peer {
  return (PEERS as readonly string[]).includes(worker)
}

function kindOf(peer: Peer): 'better-auth' | 'flask-login' {
  return peer === 'flask-login' ? peer : 'better-auth'
}

async function startPeer(peer: Peer, origin: Origin): Promise<RunningWorker> {
  return peer === 'flask-login'
    ? await startFlaskLogin()
    : await startBetterAuth(origin, peer === 'better-auth-cached')
}

async function run(): Promise<Results> {
  for (const { worker } of wanted) {
    const way = isPeer(worker) ? missing(kindOf(worker)) : null
    if (way !== null) say(`${worker} is left out; to have it: ${way}`)
  }
  const origin = await startOrigin()
  say(`origin: ${origin.name}`)
  const counting = await startWorker('counting', origin, [ALICE])
  const counted = await countOperations(counting, ALICE)
  say('storage operations counted')
  const login = await measureLogins(counting, ALICE, options.quick ? 5 : 10)
  await counting.stop()
  say('logins measured')
  const coldStarts = await measureColdStarts(origin, options.quick ? 1 : 7)
  say('starts measured')
  const memory = [await measureMemory(origin, 10_000)]
  if (!options.quick) memory.push(await measureMemory(origin, 50_000))
  say('memory measured')

  const stages = new Map<Row['worker'], Stage>()
  const visitMs = options.quick ? 400 : 250
  const manySessions = options.quick ? 1000 : 10_000
  const firstSightsPerVisit = options.quick ? 150 : 100
  const mostRounds = Math.max(1, Math.floor((seconds * 1000) / roundMs(chosen.length, visitMs)))
  for (const name of new Set([PASS_THROUGH, FLOOR, ...chosen].map(({ worker }) => worker))) {
    const worker = await (isPeer(name) ? startPeer(name, origin) : startWorker(name, origin, [ALICE]))
    const seed = (count: number) => worker.seed(count, HEADERS['User-Agent'] ?? '')
    const uses = (sessions: Row['sessions']) =>
      chosen.some((row) => row.worker === name && row.sessions === sessions)
    const [one = ''] = await seed(1)
    stages.set(name, {
      worker,
      one,
      many: uses('many') ? await seed(manySessions) : [],
      bearers: BEARERS.some(uses) ? await worker.bearers() : null,
      fresh: uses('new') ? [...(await seed(firstSightsPerVisit * mostRounds + 1))] : [],
    })
    say(`${name} is up`)
  }

  const { measured, rounds } = await measure(
    chosen,
    stages,
    {
      warmMs: options.quick ? 600 : 1500,
      visitMs,
      firstSightsPerVisit,
      mostRounds,
      isOver: () => elapsedMs() + roundMs(chosen.length, visitMs) > seconds * 1000,
    },
    say,
  )
  return {
    date: new Date().toISOString().slice(0, 10),
    command: `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
    machine: describeMachine(origin),
    rounds,
    visitMs,
    measured,
    counted,
    login,
    coldStarts,
    size: await deployedSize(),
    memory,
  }
}
