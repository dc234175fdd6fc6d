import type { Post } from '../kept-post/envelope.ts'

/** What a form would send, as far as a page shows it. */
export interface Contents {
  readonly fields: readonly Field[]
  /** Fields beyond those. */
  readonly more: number
}

export interface Field {
  readonly name: string
  readonly value:
    | { readonly kind: 'text'; readonly text: string }
    /** A secret by its name, which nobody behind the visitor should read. */
    | { readonly kind: 'secret' }
    | { readonly kind: 'file'; readonly name: string; readonly bytes: number }
}

const MAX_FIELDS = 40
const MAX_VALUE = 300
const MAX_NAME = 60
/** Of all values together, so that the page stays small whatever was sent. */
const MAX_SHOWN = 5000

/** Reads a form for showing it; `null` where it cannot be read, which is no reason not to send it as it is. */
export async function readContents(post: Post): Promise<Contents | null> {
  const entries = await entriesOf(post)
  if (!entries) return null
  const fields: Field[] = []
  let left = MAX_SHOWN
  for (const [name, value] of entries.slice(0, MAX_FIELDS)) {
    const field = fieldOf(name, value, left)
    fields.push(field)
    left = Math.max(0, left - (field.value.kind === 'text' ? field.value.text.length : 0))
  }
  return { fields, more: entries.length - fields.length }
}

type Entry = readonly [name: string, value: string | File]

async function entriesOf({ contentType, body }: Post): Promise<readonly Entry[] | null> {
  try {
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData()
    return [...form.entries()] as Entry[]
  } catch {
    return null
  }
}

function fieldOf(name: string, value: string | File, left: number): Field {
  const shown = { name: cut(name, MAX_NAME) }
  if (typeof value !== 'string')
    return { ...shown, value: { kind: 'file', name: cut(value.name, MAX_VALUE), bytes: value.size } }
  if (isSecret(name)) return { ...shown, value: { kind: 'secret' } }
  return { ...shown, value: { kind: 'text', text: cut(value, Math.min(MAX_VALUE, left)) } }
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`
}

const SECRET_PART = /passw|passphrase|passcode|pwd|secret|token|csrf|xsrf|captcha|kennwort/
const SECRET_WORDS = new Set([
  'pass',
  'pw',
  'pin',
  'puk',
  'otp',
  'totp',
  'tan',
  'cvc',
  'cvv',
  'nonce',
  'authenticity',
])

/** By the name of the field alone: the type of the input is not sent. */
function isSecret(name: string): boolean {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  return words.some((word) => SECRET_PART.test(word) || SECRET_WORDS.has(word))
}
