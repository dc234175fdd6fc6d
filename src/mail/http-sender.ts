import { readLimited } from '../lib/read-limited.ts'
import type { Sender, Sent } from './mail.ts'
import type { Answer, Provider } from './providers.ts'

export interface HttpSenderOptions {
  readonly provider: Provider
  readonly key: string
  /** `null`: the provider's usual one. */
  readonly api: string | null
  /** Whose mail it is, where the provider wants to know: that of `from` by default. */
  readonly domain: string | null
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Unix milliseconds. */
  readonly now: () => number
}

const MAX_ANSWER_BYTES = 16_384
/** What a service asks for beyond this is forgotten: a wrong clock must not silence a mail. */
const MAX_RETRY_SECONDS = 21_600
/** What is wrong with the mail itself, and will be next time. Anything else passes: the key, the quota, the service. */
const FOR_GOOD: readonly number[] = [400, 404, 406, 410, 413, 415, 422]

/** Hands mails to a service over HTTP. Its words stay out of the log: an error may quote the address or the key. */
export function createHttpSender(options: HttpSenderOptions): Sender {
  const { provider, key, fetch, now } = options
  const base = options.api ?? provider.api

  return async (letter): Promise<Sent> => {
    const body = provider.body(letter)
    const domain = options.domain ?? letter.from.address.split('@')[1] ?? ''
    const response = await fetch(base + provider.path(domain), {
      method: 'POST',
      headers: {
        accept: 'application/json',
        ...(body instanceof URLSearchParams ? {} : { 'content-type': 'application/json' }),
        ...provider.headers(key, letter),
      },
      body: body instanceof URLSearchParams ? body : JSON.stringify(body),
      // The key is for this host and no other.
      redirect: 'manual',
    })
    const text = await readLimited(response, MAX_ANSWER_BYTES)
    if (response.ok) return { kind: 'sent' }
    const { status } = response
    const code = readCode(provider.codeOf(readJson(text)))
    const reason = code === null ? `http_${status}` : `http_${status}_${code}`
    const isPassing = provider.passing.includes(status) || (code !== null && provider.passing.includes(code))
    if (FOR_GOOD.includes(status) && !isPassing) return { kind: 'refused', reason }
    return { kind: 'later', reason, retryAfterSeconds: retryAfterOf(provider, response.headers, now()) }
  }
}

/** A code is a word or a number; what else stands there could be anything. */
function readCode(value: unknown): string | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  return /^\w{1,60}$/.test(text) ? text : null
}

function readJson(text: string | null): Answer {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** RFC 9110 section 10.2.3: seconds or a date; else what the service says in its own way. */
function retryAfterOf({ reset }: Provider, headers: Headers, now: number): number | null {
  const standard = headers.get('retry-after')
  const until = (unixMs: number) => Math.ceil((unixMs - now) / 1000)
  const own = reset ? headers.get(reset.header) : null
  const seconds =
    standard !== null
      ? /^\d+$/.test(standard)
        ? Number(standard)
        : until(Date.parse(standard))
      : own !== null && /^\d+$/.test(own)
        ? reset?.counts === 'unix_seconds'
          ? until(Number(own) * 1000)
          : Number(own)
        : Number.NaN
  return seconds > 0 ? Math.min(seconds, MAX_RETRY_SECONDS) : null
}
