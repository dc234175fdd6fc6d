import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Answered, CONNECTIONS, type Load } from './load.ts'
import { scratch } from './scratch.ts'

const FORMAT_MS = 0.02

/** wrk counts only whole seconds by itself, but stops and reports properly when interrupted. */
export async function loadByWrk(milliseconds: number, load: Load): Promise<Answered> {
  const script = path.join(scratch(), 'load.lua')
  writeFileSync(script, scriptFor(load))
  const target = `http://127.0.0.1:${load.port}${load.path}`
  const child = spawn('wrk', ['-t', '1', '-c', String(CONNECTIONS), '-d', '60s', '-s', script, target], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  // It formats a request for each cookie before it begins.
  const interrupt = setTimeout(() => child.kill('SIGINT'), milliseconds + load.cookies.length * FORMAT_MS)
  await once(child, 'close')
  clearTimeout(interrupt)
  const said = /^BENCH (.*)$/m.exec(output)?.[1]
  if (!said) throw new Error(`wrk did not report:\n${output}`)
  const { requests, microseconds, failed, bytes } = JSON.parse(said) as Record<string, number>
  return {
    requests: requests ?? 0,
    seconds: (microseconds ?? 0) / 1e6,
    failed: failed ?? 0,
    bytes: bytes ?? 0,
  }
}

function scriptFor({ headers, cookies }: Load): string {
  const head = Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`)
  const [first, ...others] = cookies
  // One request is formatted once and for all; several are formatted before the clock starts.
  const several = [
    `local cookies = {${cookies.map(lua).join(',\n')}}`,
    'local requests, last = {}, 0',
    'function init()',
    '  for i, cookie in ipairs(cookies) do',
    "    wrk.headers['Cookie'] = cookie",
    '    requests[i] = wrk.format()',
    '  end',
    'end',
    'function request()',
    '  last = last + 1',
    '  if last > #requests then last = 1 end',
    '  return requests[last]',
    'end',
  ]
  return [
    ...head,
    ...(others.length > 0 ? several : first === undefined ? [] : [`wrk.headers['Cookie'] = ${lua(first)}`]),
    'function done(summary)',
    '  local e = summary.errors',
    `  io.write(string.format('BENCH {"requests":%d,"microseconds":%d,"failed":%d,"bytes":%d}\\n',`,
    '    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout, summary.bytes))',
    'end',
    '',
  ].join('\n')
}

function lua(text: string): string {
  return JSON.stringify(text)
}
