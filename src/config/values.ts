/** The kinds of values that options take, each with the words that say what is wrong with another. */
import * as v from 'valibot'
import { type Duration, parseDuration } from '../lib/duration.ts'
import { parseSize, type Size } from '../lib/size.ts'
import { checkColor } from '../ui/theme.ts'

export const duration = v.custom<Duration>(
  (text) => typeof text === 'string' && parseDuration(text) !== null,
  "is not a duration such as '90s', '15m', '12h' or '30d'",
)
export function size(maxBytes: number) {
  return v.custom<Size>((text) => {
    const bytes = typeof text === 'string' ? parseSize(text) : null
    return bytes !== null && bytes <= maxBytes
  }, "is not a size such as '64KiB', up to '1MiB'")
}
export const text = v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'))
export const url = v.pipe(text, v.check(isAbsoluteUrl, 'must be an absolute http(s) URL'))
export const bareUrl = v.pipe(
  text,
  v.check(isBareOrigin, 'must be an http(s) URL without path, query or credentials'),
)
export const headerName = v.pipe(
  text,
  v.regex(/^[A-Za-z0-9-]+$/, 'must be a header name of letters, digits and dashes'),
)
export const color = v.pipe(
  text,
  v.check((value) => checkColor(value) === null, 'must be a colour such as #1f6feb'),
)
/** Secrets stand in the environment; a configuration only names them. */
export const secretName = v.pipe(
  text,
  v.regex(/^[A-Z][A-Z0-9_]*$/, 'must be a name such as MAIL_KEY, not the key itself'),
)
export const texts = v.array(text)
export const positive = v.pipe(
  v.number('must be a number'),
  v.integer('must be whole'),
  v.minValue(1, 'must be 1 or more'),
)

/** An option: what it takes, and the sentence that documents it. */
export function option<const S extends v.GenericSchema>(schema: S, description: string) {
  return v.pipe(schema, v.description(description))
}

function isAbsoluteUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}

function isBareOrigin(value: string): boolean {
  if (!isAbsoluteUrl(value)) return false
  const { pathname, search, hash, username, password } = new URL(value)
  return pathname === '/' && search === '' && hash === '' && username === '' && password === ''
}
