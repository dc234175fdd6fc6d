import { type Load, loadFor } from './load.ts'
import { cpuMicroseconds } from './processes.ts'
import { type Bearers, FLOOR, HEADERS, isBearer, PASS_THROUGH, type Row } from './rows.ts'
import type { RunningWorker } from './runtime.ts'
import { lowerDecile, type Spread, spreadOf } from './statistics.ts'

/** A Worker under load, with the sessions that its rows use. */
export interface Stage {
  readonly worker: RunningWorker
  readonly one: string
  readonly many: readonly string[]
  /** Never seen by the Worker; consumed. */
  readonly fresh: string[]
  /** `null` where no row comes by a token. */
  readonly bearers: Bearers | null
}

interface Visit {
  readonly perSecond: number
  readonly cpuPerRequest: number
}

/** A visit with those to the pass-through and the floor that came before it. */
interface Compared {
  readonly visit: Visit
  readonly base: Visit
  readonly floor: Visit
}

export interface Measured {
  readonly row: Row
  /** In the least disturbed visits. */
  readonly perSecond: number
  readonly cpuPerRequest: number
  readonly toFloor: Ratios
  readonly toPassThrough: Ratios
}

/** One row's least disturbed visits by another's; and, as a spread, each visit by the other's last one before it. */
export interface Ratios {
  readonly throughput: Ratio
  readonly cpu: Ratio
}

export interface Ratio {
  readonly quiet: number
  readonly paired: Spread
}

/** Rows between two visits to what they are compared with. */
const GROUP = 3

export interface Plan {
  readonly warmMs: number
  readonly visitMs: number
  readonly firstSightsPerVisit: number
  readonly mostRounds: number
  /** Whether there is no time for another round. There is always one. */
  readonly isOver: () => boolean
}

/** How long the rounds of a plan take, in milliseconds, with what starting a load costs. */
export function roundMs(rows: number, visitMs: number): number {
  return (rows + 2 * Math.ceil(rows / GROUP)) * (visitMs + 60)
}

/**
 * Visits every row in every round, the pass-through and the floor before every few others. What the machine does meanwhile
 * changes from second to second, so a row is only ever compared with what was measured just before it.
 */
export async function measure(
  chosen: readonly Row[],
  stages: ReadonlyMap<Row['worker'], Stage>,
  plan: Plan,
  progress: (text: string) => void,
): Promise<{ readonly measured: readonly Measured[]; readonly rounds: number }> {
  const rows = [PASS_THROUGH, FLOOR, ...chosen]
  for (const row of rows) {
    await probe(row, stageOf(stages, row))
    await warm(row, stageOf(stages, row), plan.warmMs)
  }
  const visits = new Map<Row, Compared[]>(rows.map((row) => [row, []]))
  const visitsTo = (row: Row) => visits.get(row) ?? []
  progress('warm')
  let rounds = 0
  while (rounds < plan.mostRounds && (rounds === 0 || !plan.isOver())) {
    const turned = [...chosen.slice(rounds % chosen.length), ...chosen.slice(0, rounds % chosen.length)]
    let [base, floor]: (Visit | undefined)[] = []
    for (const [index, row] of turned.entries()) {
      if (index % GROUP === 0) {
        base = await go(PASS_THROUGH)
        floor = await go(FLOOR)
        visits.get(PASS_THROUGH)?.push({ visit: base, base, floor })
        visits.get(FLOOR)?.push({ visit: floor, base, floor })
      }
      const measured = await go(row)
      if (base && floor) visits.get(row)?.push({ visit: measured, base, floor })
    }
    rounds++
    progress(`round ${rounds}`)
  }
  return {
    measured: rows.map((row) => ({
      row: labelled(row, stageOf(stages, row)),
      ...summarise(visitsTo(row), visitsTo(FLOOR), visitsTo(PASS_THROUGH)),
    })),
    rounds,
  }

  function go(row: Row): Promise<Visit> {
    return visit(row, stageOf(stages, row), plan.visitMs, plan.firstSightsPerVisit)
  }
}

/** Long enough for the compiler to have done its work; where there are many sessions, each is seen once. */
async function warm(row: Row, stage: Stage, milliseconds: number): Promise<void> {
  if (row.sessions === 'new') return
  const load = loadOf(row, stage, 0)
  if (row.sessions === 'many') await loadFor(60_000, { ...load, once: true })
  else await loadFor(milliseconds, load)
}

async function visit(row: Row, stage: Stage, milliseconds: number, firstSights: number): Promise<Visit> {
  const { pid } = stage.worker
  const load = loadOf(row, stage, firstSights)
  const before = cpuMicroseconds(pid)
  const { requests, seconds, bytes } = await loadFor(milliseconds, load)
  const used = cpuMicroseconds(pid) - before
  // A redirect to the login page is no failure to a load generator, but it is no page either.
  if (bytes / requests < 1024) throw new Error(`'${row.label}' did not answer with the page`)
  return { perSecond: requests / seconds, cpuPerRequest: used / requests }
}

function loadOf(row: Row, stage: Stage, firstSights: number): Load {
  const ways: Readonly<Record<Row['sessions'], () => readonly (string | null)[]>> = {
    none: () => [null],
    'access-token': () => [null],
    'api-key': () => [null],
    one: () => [stage.one],
    many: () => {
      const from = Math.floor(Math.random() * stage.many.length)
      return [...stage.many.slice(from), ...stage.many.slice(0, from)]
    },
    new: () => stage.fresh.splice(0, firstSights),
  }
  const tokens = ways[row.sessions]()
  return {
    port: stage.worker.port,
    path: row.path,
    headers: headersOf(row, stage),
    cookies: tokens.map((token) => stage.worker.cookieOf(token)),
    once: row.sessions === 'new',
  }
}

/** One request by hand: a row that does not answer as it should is not measured. */
async function probe(row: Row, stage: Stage): Promise<void> {
  const [token = null] =
    row.sessions === 'none' || isBearer(row.sessions)
      ? []
      : row.sessions === 'new'
        ? stage.fresh.splice(0, 1)
        : [stage.one]
  const response = await fetch(`http://127.0.0.1:${stage.worker.port}${row.path}`, {
    headers: { ...headersOf(row, stage), cookie: stage.worker.cookieOf(token) },
    redirect: 'manual',
  })
  const body = await response.text()
  if (response.status !== 200 || body.length !== 1024) {
    throw new Error(`'${row.label}' answered ${response.status}: ${body.slice(0, 300)}`)
  }
}

function headersOf({ sessions }: Row, { bearers }: Stage): Readonly<Record<string, string>> {
  return isBearer(sessions) ? { ...HEADERS, Authorization: `Bearer ${bearers?.[sessions]}` } : HEADERS
}

function labelled(row: Row, { many }: Stage): Row {
  return { ...row, label: row.label.replace('{many}', many.length.toLocaleString('en')) }
}

function stageOf(stages: ReadonlyMap<Row['worker'], Stage>, row: Row): Stage {
  const stage = stages.get(row.worker)
  if (!stage) throw new Error(`${row.worker} has not been started`)
  return stage
}

function summarise(
  visits: readonly Compared[],
  floor: readonly Compared[],
  base: readonly Compared[],
): Omit<Measured, 'row'> {
  const quiet = quietOf(visits)
  const ratios = (other: Visit, before: (entry: Compared) => Visit): Ratios => ({
    throughput: {
      quiet: quiet.perSecond / other.perSecond,
      paired: spreadOf(visits.map((entry) => entry.visit.perSecond / before(entry).perSecond)),
    },
    cpu: {
      quiet: quiet.cpuPerRequest / other.cpuPerRequest,
      paired: spreadOf(visits.map((entry) => entry.visit.cpuPerRequest / before(entry).cpuPerRequest)),
    },
  })
  return {
    ...quiet,
    toFloor: ratios(quietOf(floor), (entry) => entry.floor),
    toPassThrough: ratios(quietOf(base), (entry) => entry.base),
  }
}

function quietOf(visits: readonly Compared[]): Visit {
  return {
    perSecond: 1 / lowerDecile(visits.map(({ visit }) => 1 / visit.perSecond)),
    cpuPerRequest: lowerDecile(visits.map(({ visit }) => visit.cpuPerRequest)),
  }
}
