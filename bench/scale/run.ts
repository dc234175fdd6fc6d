import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { SessionSettings } from '../../src/config/settings.ts'
import type { SessionRecord } from '../../src/session/record.ts'
import { formatScale, type Scenario, type Simulated } from './report.ts'
import { createTimeline } from './timeline.ts'
import {
  askerOf,
  type Counts,
  createDatabase,
  createDataCentre,
  createIsolate,
  createStore,
  recordOf,
} from './world.ts'

const PAGE = fileURLToPath(new URL('../../docs/scale.md', import.meta.url))
const START = Date.UTC(2026, 10, 24)
const SECOND = 1000

/** The world that is asked for, of which a few data centres are simulated whole and the rest taken to be like them. */
const WORLD = {
  dataCentres: 300,
  isolates: 20_000,
  users: 1_000_000,
  requestsPerSecond: 50_000,
  loginsPerSecond: 100,
  revocationsPerSecond: 20,
}
const SIMULATED_CENTRES = 2
const WARM_SECONDS = 120
const MEASURED_SECONDS = 600
/** Round trips to the database from the simulated data centres, in milliseconds: one is near, one is on another continent. */
const D1_MS = [30, 180]

const { values: options } = parseArgs({ options: { write: { type: 'boolean', default: false } } })

const BASE: SessionSettings = {
  idleSeconds: 12 * 3600,
  absoluteSeconds: 7 * 86_400,
  rememberSeconds: 30 * 86_400,
  freshSeconds: 900,
  protection: 'basic',
  store: 'kv',
  revocationSeconds: 10,
  graceSeconds: 300,
}
const SCENARIOS: readonly Scenario[] = [
  {
    name: 'as configured by default, 20 requests a page on one connection',
    settings: BASE,
    requestsPerPage: 20,
  },
  { name: 'no request meets the isolate of the one before', settings: BASE, requestsPerPage: 1 },
  { name: "`revocation: '60s'`", settings: { ...BASE, revocationSeconds: 60 }, requestsPerPage: 20 },
  { name: "`revocation: 'eventual'`", settings: { ...BASE, revocationSeconds: null }, requestsPerPage: 20 },
  {
    name: "`idle: '2d'` (refreshed every 4.8 h)",
    settings: { ...BASE, idleSeconds: 2 * 86_400 },
    requestsPerPage: 20,
  },
]

const NOBODY = { subjectId: '', sessionId: '', listed: false }
const simulated: Simulated[] = []
for (const scenario of SCENARIOS) {
  const startedAt = performance.now()
  simulated.push(await simulate(scenario))
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${scenario.name}`)
}
const page = formatScale(WORLD, simulated, {
  centres: SIMULATED_CENTRES,
  seconds: MEASURED_SECONDS,
  warmSeconds: WARM_SECONDS,
  d1Ms: D1_MS,
})
if (options.write) writeFileSync(PAGE, page)
else console.log(`\n${page}`)
process.exit(0)

async function simulate(scenario: Scenario): Promise<Simulated> {
  const random = createRandom(7)
  const timeline = createTimeline(START)
  const database = createDatabase(timeline.now)
  const counts: Counts = {
    requests: 0,
    feedReads: 0,
    feedRows: 0,
    refreshTrips: 0,
    kvReads: 0,
    kvWrites: 0,
    sharedReads: 0,
    sharedWrites: 0,
    waited: 0,
    lateAnswers: 0,
  }
  const { settings, requestsPerPage } = scenario
  const refreshMs = settings.idleSeconds * 100
  const usersOfCentre = Math.round(WORLD.users / WORLD.dataCentres)
  const endedAt = new Map<string, number>()
  const people: { readonly id: string; readonly token: string; readonly forget: () => void }[] = []
  const pending = new Set<Promise<unknown>>()
  const asker = askerOf(pending)

  for (let centre = 0; centre < SIMULATED_CENTRES; centre++) {
    const d1Ms = D1_MS[centre % D1_MS.length] ?? 30
    const place = createDataCentre(timeline, database, counts, d1Ms)
    const records = new Map<string, SessionRecord>()
    const store = createStore(timeline, records, counts)
    const locals = Array.from({ length: usersOfCentre }, (_, i) => {
      const id = `c${centre}u${i}`
      const token = createHash('sha256').update(id).digest('base64url')
      // Sessions are of every age, so that refreshes are spread as they are in life.
      const at = START - Math.floor(random() * refreshMs)
      const tokenHash = createHash('sha256').update(token).digest('base64url')
      records.set(tokenHash, recordOf(id, at, 0))
      return { id, token, forget: () => void store.remove(tokenHash, NOBODY) }
    })
    people.push(...locals)
    const isolates = Array.from({ length: Math.round(WORLD.isolates / WORLD.dataCentres) }, () =>
      createIsolate(timeline, database, place, store, settings, d1Ms, counts),
    )
    const pagesPerSecond = WORLD.requestsPerSecond / WORLD.dataCentres / requestsPerPage
    const openPage = () => {
      const person = locals[Math.floor(random() * locals.length)]
      const isolate = isolates[Math.floor(random() * isolates.length)]
      if (!person || !isolate) return
      for (let i = 0; i < requestsPerPage; i++) {
        timeline.at(timeline.now() + (i === 0 ? 0 : 200 + random() * 3000), () => void visit(person, isolate))
      }
      timeline.at(timeline.now() + (-Math.log(1 - random()) / pagesPerSecond) * SECOND, openPage)
    }
    timeline.at(START, openPage)
  }

  async function visit(
    { id, token }: { readonly id: string; readonly token: string },
    { sessions }: ReturnType<typeof createIsolate>,
  ): Promise<void> {
    const startedAt = timeline.now()
    counts.requests++
    let known = sessions.recall(token, asker)
    if (!known || sessions.isDue(known.record, true)) {
      counts.waited++
      const loaded = known ? null : await sessions.load(token, asker)
      if (loaded?.kind === 'live') known = loaded.session
      if (known && sessions.isDue(known.record, true)) known = await sessions.refresh(known, true)
    }
    const ended = endedAt.get(id)
    const boundMs =
      settings.revocationSeconds === null ? Number.POSITIVE_INFINITY : settings.revocationSeconds * SECOND
    if (known && ended !== undefined && startedAt - ended > boundMs) counts.lateAnswers++
  }

  const end = () => {
    // Of the world's ends, those of the simulated part meet people who go on visiting; the others only fill the feed.
    const isHere = random() < SIMULATED_CENTRES / WORLD.dataCentres
    const person = isHere ? people[Math.floor(random() * people.length)] : undefined
    database.end(person?.id ?? `elsewhere-${database.rows.length}`)
    if (person && !endedAt.has(person.id)) {
      endedAt.set(person.id, timeline.now())
      person.forget()
    }
    timeline.at(timeline.now() + (-Math.log(1 - random()) / WORLD.revocationsPerSecond) * SECOND, end)
  }
  timeline.at(START, end)

  await timeline.run(START + WARM_SECONDS * SECOND)
  const before = { ...counts }
  await timeline.run(START + (WARM_SECONDS + MEASURED_SECONDS) * SECOND)
  const share = WORLD.dataCentres / SIMULATED_CENTRES / MEASURED_SECONDS
  const perSecond = Object.fromEntries(
    Object.entries(counts).map(([name, value]) => [name, (value - before[name as keyof Counts]) * share]),
  ) as unknown as Counts
  return { scenario, perSecond, lateAnswers: counts.lateAnswers, ended: endedAt.size }
}

/** The same run for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
