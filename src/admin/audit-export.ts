import type { AuditLog, AuditQuery, AuditRow } from '../audit/audit-log.ts'

export type ExportFormat = 'csv' | 'jsonl'

/** Rows that are read at once. A Worker may ask a thousand times. */
const CHUNK = 1000

const FIELDS = ['at', 'event', 'site', 'userId', 'sessionId', 'network', 'requestId', 'detail'] as const

/** A row as programs read it. */
export function describeRow({ id, at, ...row }: AuditRow) {
  return { at: new Date(at).toISOString(), ...row }
}

/** All that a query finds, the newest first, as it is read: a log of any length takes the memory of a thousand rows. */
export function auditLines(
  log: AuditLog,
  query: AuditQuery,
  format: ExportFormat,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const write = format === 'csv' ? csvLine : (row: AuditRow) => `${JSON.stringify(describeRow(row))}\n`
  let after: AuditQuery['after'] = null
  let isFirst = true
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { rows, next } = await log.find({ ...query, after, limit: CHUNK })
      const head = isFirst && format === 'csv' ? `${FIELDS.join(',')}\r\n` : ''
      isFirst = false
      after = next
      const text = head + rows.map(write).join('')
      if (text !== '') controller.enqueue(encoder.encode(text))
      if (next === null) controller.close()
    },
  })
}

function csvLine(row: AuditRow): string {
  const described = describeRow(row)
  const cells = FIELDS.map((field) => {
    const value = described[field]
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value ?? '')
  })
  return `${cells.map(cell).join(',')}\r\n`
}

/**
 * A cell by RFC 4180. A spreadsheet takes what begins with one of these for a formula, and names are other people's text; a quote before it
 * makes it text (OWASP, CSV injection).
 */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
