import * as v from 'valibot'
import type { ErrorCode } from '../errors.ts'

/** Sign-in bodies are small: 1,024 characters of password, percent-encoded, fit four times. */
export const MAX_BODY_BYTES = 65_536

export interface FieldError {
  readonly field: string
  readonly code: string
  readonly message: string
}

export type Body<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ErrorCode; readonly errors?: readonly FieldError[] }

type Arrived = Uint8Array<ArrayBuffer> | 'too_large' | 'broken'
/** Bodies that were awaited before anything was decided (`awaitBody`). */
const arrived = new WeakMap<Request, Arrived>()

/**
 * Waits until a body is there, for `readJson` and `readForm` to find. Authority is asked after that: whoever held the last byte back
 * would otherwise act long after their session has been ended.
 */
export async function awaitBody(request: Request): Promise<void> {
  arrived.set(request, await readBytes(request, MAX_BODY_BYTES))
}

/** Reads a JSON body against a schema. Unknown members are refused, so nobody assigns what is not theirs to say. */
export async function readJson<T>(
  request: Request,
  schema: v.GenericSchema<unknown, T>,
  options: { readonly optional?: boolean } = {},
): Promise<Body<T>> {
  const type = mediaType(request)
  const mayBeEmpty = type === null && options.optional === true
  if (type !== 'application/json' && !mayBeEmpty) return { ok: false, code: 'unsupported_media_type' }
  const text = await readText(request)
  if (text === 'too_large') return { ok: false, code: 'body_too_large' }
  if (text === 'broken') return { ok: false, code: 'invalid_request' }
  if (text === 'not_text') return { ok: false, code: 'invalid_json' }
  // `Content-Length: 0` is a body to the runtime, and no body to whoever sent it.
  if (mayBeEmpty) return text.text === '' ? check(schema, {}) : { ok: false, code: 'unsupported_media_type' }
  try {
    return check(schema, JSON.parse(text.text))
  } catch {
    return { ok: false, code: 'invalid_json' }
  }
}

/** Reads a urlencoded form. A field that comes twice or is not UTF-8 makes the form invalid; unknown fields are ignored. */
export async function readForm(request: Request): Promise<Body<ReadonlyMap<string, string>>> {
  if (mediaType(request) !== 'application/x-www-form-urlencoded')
    return { ok: false, code: 'unsupported_media_type' }
  const text = await readText(request)
  if (text === 'too_large') return { ok: false, code: 'body_too_large' }
  if (text === 'not_text' || text === 'broken') return { ok: false, code: 'invalid_request' }
  const fields = new Map<string, string>()
  for (const pair of text.text.split('&')) {
    if (pair === '') continue
    const [name = '', ...rest] = pair.split('=')
    try {
      const key = decodeField(name)
      if (fields.has(key)) return { ok: false, code: 'invalid_request' }
      fields.set(key, decodeField(rest.join('=')))
    } catch {
      return { ok: false, code: 'invalid_request' }
    }
  }
  return { ok: true, value: fields }
}

function check<T>(schema: v.GenericSchema<unknown, T>, value: unknown): Body<T> {
  // To valibot a list is an object without the members asked for.
  if (Array.isArray(value)) {
    const error = { field: '', code: 'invalid', message: 'must be an object' }
    return { ok: false, code: 'invalid_request', errors: [error] }
  }
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return { ok: true, value: parsed.output }
  const errors = parsed.issues.map((issue) => ({
    field: v.getDotPath(issue) ?? '',
    code: issue.type === 'strict_object' && issue.expected === 'never' ? 'unknown_field' : 'invalid',
    message: issue.message,
  }))
  return { ok: false, code: 'invalid_request', errors }
}

function decodeField(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

/** The media type without parameters, lower-case; `null` without one. */
export function mediaType(request: Request): string | null {
  const type = request.headers.get('content-type')
  return type === null ? null : (type.split(';')[0] ?? '').trim().toLowerCase()
}

async function readText(
  request: Request,
): Promise<{ readonly text: string } | 'too_large' | 'not_text' | 'broken'> {
  const bytes = arrived.get(request) ?? (await readBytes(request, MAX_BODY_BYTES))
  if (typeof bytes === 'string') return bytes
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return 'not_text'
  }
}

/** The body as it came, up to a limit. Counts while reading: `Content-Length` is only what the client says. */
export async function readBytes(request: Request, maxBytes: number): Promise<Arrived> {
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body as ReadableStream<Uint8Array>) {
      size += chunk.byteLength
      if (size > maxBytes) return 'too_large'
      chunks.push(chunk)
    }
  } catch {
    // A chunk that is none, or a client that went away: theirs to mend, no fault of ours.
    return 'broken'
  }
  return join(chunks, size)
}

/**
 * Reads away a body that nobody wants, within limits: over HTTP/1.1 a browser that is still sending shows a broken connection in place
 * of an answer.
 */
export async function readAway(request: Request, maxBytes: number): Promise<void> {
  if (request.body === null || request.bodyUsed) return
  let size = 0
  try {
    for await (const chunk of request.body as ReadableStream<Uint8Array>) {
      size += chunk.byteLength
      if (size > maxBytes) return
    }
  } catch {
    // Whoever broke off does not wait for an answer.
  }
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}
