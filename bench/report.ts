import type { Size } from './bundle.ts'
import type { ColdStart } from './cold-start.ts'
import type { Counted } from './count.ts'
import type { LoginCost } from './login.ts'
import type { Measured, Ratio } from './measure.ts'
import type { Memory } from './memory.ts'

export interface Results {
  readonly date: string
  readonly command: string
  readonly machine: readonly string[]
  readonly rounds: number
  readonly visitMs: number
  readonly measured: readonly Measured[]
  readonly counted: readonly Counted[]
  readonly login: LoginCost
  readonly coldStarts: readonly ColdStart[]
  readonly size: Size
  readonly memory: readonly Memory[]
}

const COUNTED = `Exact, counted in front of the bindings in a run of its own. A sign-in waits for two round trips. The first from a device adds two
statements to the second of them, which put a mail to the owner into the outbox, five a day at most. What sends it does not keep the answer
waiting: one round trip to claim it, one to remove it, and here one more, as the mailbox of development is a table as well.`

type Table = readonly (readonly string[])[]

/** The tables of a run, first row the heads, in the order in which they are shown. */
export function tablesOf(
  results: Results,
): { readonly title: string; readonly note: string; readonly table: Table }[] {
  const { measured, counted, login, coldStarts, size, memory } = results
  return [
    {
      title: 'Requests',
      note: `The least disturbed tenth of ${count(results.rounds)}, by the same of the floor and of the pass-through. In brackets the middle half of all visits, each by the visit to the floor or the pass-through just before it: how far to trust the figure.`,
      table: [
        [
          '',
          'throughput / floor',
          'CPU / floor',
          'throughput / pass-through',
          'CPU / pass-through',
          'CPU µs',
          'requests/s',
        ],
        ...measured.map(({ row, toFloor, toPassThrough, cpuPerRequest, perSecond }) => [
          row.label,
          ratio(toFloor.throughput),
          ratio(toFloor.cpu),
          ratio(toPassThrough.throughput),
          ratio(toPassThrough.cpu),
          String(Math.round(cpuPerRequest)),
          String(Math.round(perSecond)),
        ]),
      ],
    },
    {
      title: 'Storage operations per request',
      note: COUNTED,
      table: [
        ['', 'KV reads', 'KV writes', 'D1 statements', 'D1 round trips'],
        ...counted.map(({ label, perRequest }) => [
          label,
          ...[perRequest.kvReads, perRequest.kvWrites, perRequest.d1Statements, perRequest.d1Trips].map(
            String,
          ),
        ]),
      ],
    },
    {
      title: 'Login',
      note: `By password from a known device, ${login.times} in a row.`,
      table: [
        ['', 'median ms', 'middle half'],
        [
          'latency',
          login.latency.median.toFixed(0),
          `${login.latency.low.toFixed(0)}–${login.latency.high.toFixed(0)}`,
        ],
        ['CPU', login.cpu.median.toFixed(0), `${login.cpu.low.toFixed(0)}–${login.cpu.high.toFixed(0)}`],
      ],
    },
    {
      title: 'Start',
      note: 'From starting `workerd` to the end of its first answer.',
      table: [
        ['', 'median ms', 'middle half'],
        ...coldStarts.map(({ label, milliseconds: { median, low, high } }) => [
          label,
          median.toFixed(0),
          `${low.toFixed(0)}–${high.toFixed(0)}`,
        ]),
      ],
    },
    {
      title: 'Memory',
      note: 'Live heap of one isolate that holds sessions, each with the headers its origin was sent last where there is room, as the inspector says.',
      table: [
        ['', 'MiB', 'bytes each'],
        ...memory.map(({ sessions, bytes }) => [
          `${sessions.toLocaleString('en-US')} sessions`,
          (bytes / 2 ** 20).toFixed(1),
          String(Math.round(bytes / sessions)),
        ]),
      ],
    },
    {
      title: 'Size',
      note: 'The whole deployment, minified, WebAssembly included.',
      table: [
        ['', 'KiB'],
        ['as it is', kibibytes(size.bytes)],
        ['compressed (gzip)', kibibytes(size.gzippedBytes)],
      ],
    },
  ]
}

/** The tables for a terminal. */
export function formatText(results: Results): string {
  return tablesOf(results)
    .map(({ title, note, table }) => {
      const widths = (table[0] ?? []).map((_, column) =>
        Math.max(...table.map((row) => (row[column] ?? '').length)),
      )
      const lines = table.map((row) =>
        row
          .map((cell, column) =>
            column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
          )
          .join('  ')
          .trimEnd(),
      )
      return `${title}. ${note}\n\n${lines.join('\n')}\n`
    })
    .join('\n')
}

/** docs/performance.md. */
export function formatPage(results: Results): string {
  const tables = tablesOf(results).map(
    ({ title, note, table: [heads = [], ...rows] }) =>
      `## ${title}\n\n${note}\n\n${[heads, heads.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
        .map((row) => `| ${row.join(' | ')} |`)
        .join('\n')}\n`,
  )
  return `# What a request costs

<!-- Written by \`npm run bench -- --write\`. Change bench/, not this page. -->

Everything here is a ratio to two Workers on the same runtime in the same run: the **bare pass-through**, which only sends
a request on, and the **floor**, which checks nothing but does what no gateway can leave out: it cuts one cookie, sets four
identity headers and a ready-made assertion, and sends the request on. No gateway that does its job can be cheaper. The
**naive form** is a gateway as one writes it first: it reads the session from KV, hashes the token and signs, every time.

The last rows are what sites have today: \`better-auth\` on the same runtime, which checks its session (in D1, or in its signed
cookie cache) and forwards with the same headers, and Flask-Login under gunicorn with one worker, which answers the page by itself and
forwards nothing.

The budget is 0.90 of the floor's throughput and 1.15 of its CPU for a signed-in page, and 0.95 for a public one. Where the table says
less, what is left between the two has been counted, in instructions, and each part has its reason:
[few questions to the runtime](decisions/021-few-questions-to-the-runtime.md).

Absolute figures belong to this machine and mean little elsewhere; ratios travel. KV and D1 are simulated here: they cost
more CPU than in production, where they cost milliseconds of waiting instead.

${tables.join('\n')}
## The run

${[`${results.date}, \`${results.command}\``, ...results.machine].map((line) => `- ${line}`).join('\n')}
- ${count(results.rounds)}, ${results.visitMs} ms a visit; every round visits every row, and the pass-through and the floor before every third

## Repeat it

\`\`\`sh
npm run bench                    # about a minute and a half
npm run bench -- --quick         # about twenty seconds, one round
npm run bench -- --seconds 300   # more rounds
npm run bench -- --rows public   # only some rows, more often; --help lists them
npm run bench -- --write         # and write this page
npm ci --prefix bench/peers      # better-auth, for its rows; gunicorn and python3-flask-login from Debian for the other
\`\`\`

It uses \`wrk\` for the load and \`nginx\` for the origin where they are installed (\`apt install wrk nginx-light\`), else Node
for either, and \`taskset\` to give the Worker a core to itself. It listens on loopback only. A machine that does something
else meanwhile widens the spread; CPU per request is the steadiest column.

How it measures: each Worker runs in a \`workerd\` process of its own on a direct socket, without the proxy that
\`wrangler dev\` puts in front. The origin is a service binding to its address: behind the global \`fetch\` the simulator runs
a Worker of its own, which would nearly double what is measured. CPU is that of the whole process, simulated storage
included.
`
}

function count(rounds: number): string {
  return rounds === 1 ? 'one round' : `${rounds} rounds`
}

function ratio({ quiet, paired }: Ratio): string {
  return `${quiet.toFixed(2)} (${paired.low.toFixed(2)}–${paired.high.toFixed(2)})`
}

function kibibytes(bytes: number): string {
  return (bytes / 1024).toFixed(1)
}
