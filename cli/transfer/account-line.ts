import * as v from 'valibot'
import { randomText } from '../../src/lib/random.ts'
import { parseForeignHash } from '../../src/password/foreign/foreign-hash.ts'
import { parsePhc } from '../../src/password/phc.ts'
import { cleanName, isRoleName, normalizeEmail, normalizeUsername } from '../../src/user/identifier.ts'
import type { NewUser } from '../../src/user/user.ts'

/** Why a line is refused. Stable, for programs; `edgegate user import --help` and docs/moving-users.md explain them. */
export type RefusalCode =
  | 'not_readable'
  | 'unknown_field'
  | 'no_name'
  | 'email_invalid'
  | 'username_invalid'
  | 'name_invalid'
  | 'role_invalid'
  | 'id_invalid'
  | 'hash_unknown'
  | 'value_invalid'
  | 'taken'

export interface LineRefusal {
  readonly kind: 'refused'
  readonly code: RefusalCode
  readonly message: string
}

const text = v.optional(v.nullable(v.string()), null)
const flag = v.optional(v.nullable(v.union([v.boolean(), v.picklist(['true', 'false', ''])])), null)
const instant = v.optional(v.nullable(v.union([v.number(), v.string()])), null)

/** The fields of a line, named as `edgegate user export` writes them. In CSV roles are one text, parted by `;`. */
const LINE = v.strictObject({
  id: text,
  kind: v.optional(v.picklist(['user', 'service', ''])),
  email: text,
  emailVerified: flag,
  username: text,
  name: text,
  roles: v.optional(v.nullable(v.union([v.array(v.string()), v.string()])), null),
  passwordHash: text,
  createdAt: instant,
  disabledAt: instant,
  disabledReason: text,
})
export const FIELDS = Object.keys(LINE.entries) as readonly (keyof typeof LINE.entries)[]

/** Ids as the gateway makes them. Anything else could be taken for a user name in a rule. */
const ID = /^(?:user|guest)_[A-Za-z0-9_-]{16}$/

/**
 * The account that a line describes, checked by the rules that pages and commands use, or why it can't be one. `vouched`: whoever
 * imports answers for the addresses. Pure but for a random id where the line has none.
 */
export function readAccountLine(
  line: unknown,
  { now, vouched }: { readonly now: number; readonly vouched: boolean },
): { readonly kind: 'account'; readonly user: NewUser } | LineRefusal {
  const parsed = v.safeParse(LINE, line)
  if (!parsed.success) return unreadable(parsed.issues[0])
  const said = parsed.output
  const email = said.email ? normalizeEmail(said.email) : null
  if (said.email && email === null) return refuse('email_invalid', `'${said.email}' is not an e-mail address`)
  const username = said.username ? normalizeUsername(said.username) : null
  if (said.username && username === null)
    return refuse('username_invalid', `'${said.username}' is not a user name`)
  if (email === null && username === null)
    return refuse('no_name', 'there is neither an e-mail address nor a user name')
  const name = said.name ? cleanName(said.name) : null
  if (said.name && name === null) return refuse('name_invalid', 'the name cannot be shown')
  const roles = rolesOf(said.roles)
  const wrongRole = roles.find((role) => !isRoleName(role))
  if (wrongRole !== undefined)
    return refuse('role_invalid', `'${wrongRole}' is not a role: letters, digits and _ - . : up to 64`)
  if (said.id && !ID.test(said.id))
    return refuse('id_invalid', 'an id must be one that `edgegate user export` wrote')
  const passwordHash = said.passwordHash ? acceptHash(said.passwordHash) : null
  if (said.passwordHash && passwordHash === null) {
    return refuse(
      'hash_unknown',
      "the hash is neither argon2id, bcrypt, Werkzeug's scrypt or pbkdf2, nor Django's pbkdf2, or costs more than an isolate has (docs/moving-users.md)",
    )
  }
  const createdAt = instantOf(said.createdAt, now)
  const disabledAt = instantOf(said.disabledAt, null)
  if (createdAt === undefined || createdAt === null || disabledAt === undefined)
    return refuse('value_invalid', 'an instant must be ISO 8601 or unix milliseconds')
  const user: NewUser = {
    id: said.id || `user_${randomText(12)}`,
    kind: said.kind || 'user',
    email,
    emailVerified:
      email !== null && (vouched || said.emailVerified === true || said.emailVerified === 'true'),
    username,
    name,
    roles,
    passwordHash,
    passwordChangedAt: passwordHash === null ? null : createdAt,
    disabledAt,
    disabledReason: disabledAt === null ? null : said.disabledReason || null,
    createdAt,
  }
  return { kind: 'account', user }
}

/** The hash as it is stored, or `null` for what could never be verified. Django writes its scheme before argon2's own. */
function acceptHash(said: string): string | null {
  const hash = said.startsWith('argon2$argon2id$') ? said.slice('argon2'.length) : said
  return parsePhc(hash) || parseForeignHash(hash) ? hash : null
}

function rolesOf(said: readonly string[] | string | null): readonly string[] {
  const roles = typeof said === 'string' ? said.split(';').map((role) => role.trim()) : (said ?? [])
  return [...new Set(roles.filter((role) => role !== ''))]
}

/** `undefined`: not an instant. */
function instantOf<T>(said: number | string | null, none: T): number | T | undefined {
  if (said === null || said === '') return none
  const at = typeof said === 'number' || /^\d+$/.test(said) ? Number(said) : Date.parse(said)
  return Number.isSafeInteger(at) && at >= 0 && at < 8.64e15 ? at : undefined
}

function unreadable(issue: v.BaseIssue<unknown>): LineRefusal {
  const field = v.getDotPath(issue)
  if (field === null) return refuse('not_readable', 'the line is not an object of fields')
  if (issue.type === 'strict_object')
    return refuse('unknown_field', `'${field}' is not a field; there are ${FIELDS.join(', ')}`)
  return refuse('value_invalid', `'${field}' has a value of the wrong kind`)
}

function refuse(code: RefusalCode, message: string): LineRefusal {
  return { kind: 'refused', code, message }
}
