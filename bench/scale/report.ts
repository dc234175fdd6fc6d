import type { SessionSettings } from '../../src/config/settings.ts'
import type { Counts } from './world.ts'

export interface Scenario {
  readonly name: string
  readonly settings: SessionSettings
  readonly requestsPerPage: number
}

export interface Simulated {
  readonly scenario: Scenario
  /** Of the whole world. */
  readonly perSecond: Counts
  /** Answers given to ended sessions later than the bound allows, in the simulated part. */
  readonly lateAnswers: number
  readonly ended: number
}

interface World {
  readonly dataCentres: number
  readonly isolates: number
  readonly users: number
  readonly requestsPerSecond: number
  readonly loginsPerSecond: number
  readonly revocationsPerSecond: number
}

const MONTH_SECONDS = 30 * 86_400
/** Cloudflare's list prices of November 2026, paid plan, beyond what is included: dollars per million. */
const PRICE = { kvRead: 0.5, kvWrite: 5, d1RowRead: 0.001, d1RowWritten: 1, request: 0.3 }
/** What one D1 database answers: it works on one query at a time, and these take about a millisecond. */
const D1_QUERIES_PER_SECOND = 1000
const LOGIN = { d1Queries: 2, rowsRead: 4, rowsWritten: 6, kvWrites: 2 }
const END = { d1Queries: 1, rowsWritten: 4, kvWrites: 2 }

export function formatScale(
  world: World,
  simulated: readonly Simulated[],
  run: {
    readonly centres: number
    readonly seconds: number
    readonly warmSeconds: number
    readonly d1Ms: readonly number[]
  },
): string {
  const [first] = simulated
  if (!first) throw new TypeError('nothing was simulated')
  const base = totals(world, first)
  const ends = simulated.reduce((sum, { ended }) => sum + ended, 0)
  const room = D1_QUERIES_PER_SECOND / base.d1Queries
  return `# At scale

<!-- Written by \`node bench/scale/run.ts --write\`. Change bench/scale, not this page. -->

What ${count(world.users)} users on ${count(world.isolates)} isolates in ${world.dataCentres} data centres ask of KV and D1, with ${count(world.requestsPerSecond)} requests,
${world.loginsPerSecond} sign-ins and ${world.revocationsPerSecond} ended sessions a second. Not a formula: the gateway's own feed, session cache and sessions run on simulated
time, with ${run.d1Ms.join(' and ')} ms to the database, 3 to 40 ms to KV, whose copies last a minute, and 2 ms to what isolates of a data centre
share. ${run.centres} data centres are simulated whole for ${run.seconds / 60} minutes (after ${run.warmSeconds / 60} to warm up); the others are taken to be like them.

## What is asked, a second

| | KV reads | KV writes | D1: feed | D1: refreshes | D1: sign-ins and ends | D1 queries in all | requests that wait | late answers |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${simulated
  .map((each) => {
    const total = totals(world, each)
    const waiting = (100 * each.perSecond.waited) / each.perSecond.requests
    return `| ${each.scenario.name} | ${count(total.kvReads)} | ${count(total.kvWrites)} | ${count(each.perSecond.feedReads)} | ${count(each.perSecond.refreshTrips)} | ${count(total.d1Queries - each.perSecond.feedReads - each.perSecond.refreshTrips)} | ${count(total.d1Queries)} | ${waiting.toFixed(1)} % | ${each.scenario.settings.revocationSeconds === null ? '–' : each.lateAnswers} |`
  })
  .join('\n')}

"Late answers" are requests of ended sessions that were let through after the bound, of those that the ${ends} ended sessions of the
simulated part went on to make. A request waits when its isolate meets the
session for the first time in a minute, or the account is read again (once in a tenth of \`session.idle\`).

## What it costs, a month

| | requests | KV reads | KV writes | D1 rows read | D1 rows written | in all |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${simulated
  .map((each) => {
    const { requests, kvReads, kvWrites, rowsRead, rowsWritten } = prices(world, each)
    const all = requests + kvReads + kvWrites + rowsRead + rowsWritten
    return `| ${each.scenario.name} | ${dollars(requests)} | ${dollars(kvReads)} | ${dollars(kvWrites)} | ${dollars(rowsRead)} | ${dollars(rowsWritten)} | ${dollars(all)} |`
  })
  .join('\n')}

List prices of November 2026, per million: $${PRICE.request} a request, $${PRICE.kvRead} a KV read, $${PRICE.kvWrite} a KV write or delete, $${PRICE.d1RowRead} a D1 row read, $${PRICE.d1RowWritten}
a D1 row written; CPU time and what the plan includes are left out. The requests would be paid for by any Worker.

## What breaks first

**D1, at about ${room.toFixed(1)} times this size.** One database works on one query at a time and answers about ${count(D1_QUERIES_PER_SECOND)} a second when each takes a
millisecond; the default configuration asks ${count(base.d1Queries)}. Of these the feed is ${count(first.perSecond.feedReads)}, and it does not grow with users or requests, only with
data centres. The rest grows with people: refreshes with who is active, sign-ins with who signs in.

| what to turn | what it buys |
| --- | --- |
| \`session.idle\` longer | the account is read again once in a tenth of it: twice as long, half the refreshes |
| \`session.revocation: '60s'\` | the feed is read at most every three seconds whatever the bound; a longer bound only makes fewer requests wait while D1 is slow |
| \`session.revocation: 'eventual'\` | no feed at all; ended sessions live until KV has told |
| the throttle's table in a database of its own | half of a sign-in's queries move; the code keeps them apart from the rest already (\`src/throttle\`), the binding would have to be added |
| D1 read replicas | nothing here: what is read decides who gets in, so it is read from the primary |

**KV never breaks, it costs.** A session that meets a new isolate is one read, so the bill grows with how widely requests are spread: the second
row is the worst case, which HTTP/2 connections that stay with an isolate keep far away. One key is written at most once in a tenth of
\`session.idle\`, far from KV's limit of one write a second.

**Memory does not break.** An isolate holds some sixty thousand sessions in 40 MiB at most and drops those that nobody asks for
([performance](performance.md)); the feed's window is ten minutes of ends, ${count(world.revocationsPerSecond * 600)} rows here, and never more than 20,000.

## Repeat it

\`\`\`sh
node bench/scale/run.ts           # prints this page
node bench/scale/run.ts --write   # writes it
\`\`\`
`
}

function totals(world: World, { perSecond }: Simulated) {
  return {
    kvReads: perSecond.kvReads,
    kvWrites:
      perSecond.kvWrites * 2 +
      world.loginsPerSecond * LOGIN.kvWrites +
      world.revocationsPerSecond * END.kvWrites,
    d1Queries:
      perSecond.feedReads +
      perSecond.refreshTrips +
      world.loginsPerSecond * LOGIN.d1Queries +
      world.revocationsPerSecond * END.d1Queries,
    rowsRead: perSecond.feedRows + perSecond.refreshTrips * 2 + world.loginsPerSecond * LOGIN.rowsRead,
    rowsWritten: world.loginsPerSecond * LOGIN.rowsWritten + world.revocationsPerSecond * END.rowsWritten,
  }
}

function prices(world: World, each: Simulated) {
  const total = totals(world, each)
  const month = (perSecond: number, perMillion: number) => (perSecond * MONTH_SECONDS * perMillion) / 1e6
  return {
    requests: month(world.requestsPerSecond, PRICE.request),
    kvReads: month(total.kvReads, PRICE.kvRead),
    kvWrites: month(total.kvWrites, PRICE.kvWrite),
    rowsRead: month(total.rowsRead, PRICE.d1RowRead),
    rowsWritten: month(total.rowsWritten, PRICE.d1RowWritten),
  }
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function dollars(value: number): string {
  return `$${Math.round(value).toLocaleString('en-US')}`
}
