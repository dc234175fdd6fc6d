/** What several addresses of the API answer. Clients ignore members that they do not know, so new ones may come. */
import * as v from 'valibot'

const text = v.string()
const orNull = v.nullable(v.string())
const texts = v.array(v.string())
export const INSTANT = v.pipe(v.string(), v.description('ISO 8601.'))
export const INSTANT_OR_NULL = v.nullable(INSTANT)

export const USER = v.looseObject({
  id: text,
  kind: v.picklist(['guest', 'user', 'service']),
  email: orNull,
  emailVerified: v.boolean(),
  username: orNull,
  name: orNull,
  roles: texts,
})

export const SESSION = v.looseObject({
  id: text,
  createdAt: INSTANT,
  expiresAt: INSTANT,
  authenticatedAt: INSTANT,
  fresh: v.boolean(),
  remembered: v.boolean(),
  mfa: v.boolean(),
  methods: texts,
})

export const SIGNED_IN = v.looseObject({ user: USER, session: SESSION })
/** The account is there, and who made it signs in by itself. */
export const REGISTERED = v.looseObject({ user: USER, session: v.nullable(SESSION) })
export const SESSION_ONLY = v.looseObject({ session: SESSION })
/** For what is specified elsewhere: WebAuthn, JWK sets. */
export const OBJECT = v.looseObject({})

export const LISTED_SESSION = v.looseObject({
  id: text,
  site: text,
  client: text,
  network: text,
  startedAt: INSTANT,
  seenAt: INSTANT,
  methods: texts,
})

export const PROGRAM = v.looseObject({
  id: text,
  site: text,
  clientId: text,
  scope: text,
  client: text,
  network: text,
  startedAt: INSTANT,
  usedAt: INSTANT,
  expiresAt: INSTANT,
})

export const API_KEY = v.looseObject({
  id: text,
  site: text,
  name: text,
  hint: text,
  scopes: texts,
  paths: v.nullable(texts),
  methods: v.nullable(texts),
  createdAt: INSTANT,
  expiresAt: INSTANT_OR_NULL,
  usedAt: INSTANT_OR_NULL,
})

export const TOKENS = v.looseObject({
  access_token: text,
  token_type: v.literal('Bearer'),
  expires_in: v.number(),
  refresh_token: text,
  scope: text,
})

/** Who has an account, as an administrator sees it. */
export const ACCOUNT = v.looseObject({
  id: text,
  email: orNull,
  username: orNull,
  name: orNull,
  roles: texts,
})

/** A list under its name. */
export function listOf<const N extends string>(name: N, item: v.GenericSchema = OBJECT) {
  return v.looseObject({ [name]: v.array(item) })
}

/** Some members by name, each a text. */
export function textsNamed(...names: readonly string[]) {
  return v.looseObject(Object.fromEntries(names.map((name) => [name, text])))
}
