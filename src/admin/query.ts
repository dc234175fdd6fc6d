import { AUDIT_EVENTS } from '../audit/audit.ts'
import type { AuditQuery } from '../audit/audit-log.ts'
import type { DirectoryQuery } from '../user/directory.ts'
import { isRoleName } from '../user/identifier.ts'

const PAGE = 50
const DAY_MS = 86_400_000
const MAX_TEXT = 254
/** Beyond it numbers in SQLite and here would not be the same. */
const LAST_INSTANT = 8.64e15

/** What a list of accounts is asked for in an address. Whatever stands there, it is a query: what is no good counts as not said. */
export function readDirectoryQuery(query: URLSearchParams): DirectoryQuery {
  const prefix = textOf(query, 'q')
  const by = query.get('by')
  const state = query.get('state')
  const role = textOf(query, 'role')
  const [after, id] = [textOf(query, 'after'), textOf(query, 'id')]
  const order = by === 'username' || by === 'name' ? by : prefix === '' && role === '' ? 'newest' : 'email'
  return {
    // Names and addresses are kept in lower case; names to show are compared without case.
    prefix: order === 'name' ? prefix : prefix.toLowerCase(),
    order: prefix === '' ? 'newest' : order,
    state: state === 'active' || state === 'disabled' ? state : 'any',
    role: isRoleName(role) ? role : null,
    after: after !== '' && id !== '' ? { value: after, id } : null,
    limit: PAGE,
  }
}

/** The same for the audit log. `user` is an id already. Days are in UTC and belong to the span. */
export function readAuditQuery(query: URLSearchParams, userId: string | null): AuditQuery {
  const event = AUDIT_EVENTS.find((name) => name === query.get('event')) ?? null
  const from = dayOf(query.get('from')) ?? 0
  const to = dayOf(query.get('to'))
  const [at, id] = [numberOf(query.get('before')), numberOf(query.get('id'))]
  return {
    event,
    userId,
    from,
    to: to === null ? LAST_INSTANT : to + DAY_MS,
    after: at === null || id === null ? null : { at, id },
    limit: PAGE,
  }
}

function textOf(query: URLSearchParams, name: string): string {
  const text = (query.get(name) ?? '').trim()
  return text.isWellFormed() ? text.slice(0, MAX_TEXT) : ''
}

function dayOf(text: string | null): number | null {
  const at = text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : at
}

function numberOf(text: string | null): number | null {
  const number = text !== null && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number : null
}
