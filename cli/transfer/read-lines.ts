import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { Failure } from '../failure.ts'

export type Format = 'csv' | 'jsonl'

/** One account of a file, not yet checked. `number` is the line it begins on, counted from 1. */
export interface Line {
  readonly number: number
  /** `undefined`: the line cannot be read at all. */
  readonly value: unknown
}

/** The format a file's name tells, unless one is named. */
export function formatOf(file: string, said: string | undefined): Format {
  const format = said ?? (file.endsWith('.csv') ? 'csv' : /\.(?:jsonl|ndjson)$/.test(file) ? 'jsonl' : '')
  if (format === 'csv' || format === 'jsonl') return format
  throw new Failure('Say what the file is: --format csv or --format jsonl.', 2)
}

/** Opens a file, or standard input for `-`. */
export function openLines(file: string): Readable {
  if (file === '-') return process.stdin
  return createReadStream(file)
}

/** Reads one line after the other: a file of any size takes the memory of one. */
export async function* readLines(input: Readable, format: Format): AsyncGenerator<Line> {
  yield* format === 'csv' ? readCsv(input) : readJsonLines(input)
}

async function* readJsonLines(input: Readable): AsyncGenerator<Line> {
  let number = 0
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (text.trim() !== '') yield { number, value: parseJson(text) }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** CSV (RFC 4180) with a header line that names the fields. A line of too many or too few cells is one that cannot be read. */
async function* readCsv(input: Readable): AsyncGenerator<Line> {
  const rows = input.pipe(parse({ bom: true, relax_column_count: true, info: true, skip_empty_lines: true }))
  input.once('error', (error) => rows.destroy(error))
  let header: readonly string[] | null = null
  for await (const { record, info } of rows as AsyncIterable<{
    record: readonly string[]
    info: { lines: number }
  }>) {
    if (header === null) {
      header = record.map((cell) => cell.trim())
      continue
    }
    const names = header
    const isWhole = record.length === names.length
    const value = isWhole ? Object.fromEntries(names.map((name, at) => [name, record[at]])) : undefined
    yield { number: info.lines, value }
  }
}
