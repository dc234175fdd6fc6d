import { fromBase64Url, toBase64Url } from '../lib/encoding.ts'
import { randomText } from '../lib/random.ts'

/**
 * The known-device cookie (OWASP "device cookies"): says that this browser has signed in to an account before, signed, without
 * storage. It opens nothing; it only gives the browser a throttle budget of its own.
 */
export interface Device {
  readonly id: string
  readonly userId: string
}

export interface Devices {
  issue(userId: string, now: number): Promise<string>
  /** The device of a cookie that we signed in the last year, else `null`. */
  read(cookie: string | null, now: number): Promise<Device | null>
}

export const DEVICE_SECONDS = 365 * 86_400

export function createDevices(keys: () => Promise<readonly Uint8Array<ArrayBuffer>[]>): Devices {
  return {
    async issue(userId, now) {
      const [current] = await keys()
      if (!current) throw new TypeError('the device cookie needs a key')
      const body = `${randomText(12)}.${userId}.${Math.floor(now / 1000)}`
      return `${body}.${await sign(current, body)}`
    },

    async read(cookie, now) {
      const parts = /^([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{1,64})\.(\d{10})\.([A-Za-z0-9_-]{43})$/.exec(
        cookie ?? '',
      )
      if (!parts) return null
      const [, id = '', userId = '', issuedAt, signature = ''] = parts
      const body = `${id}.${userId}.${issuedAt}`
      for (const key of await keys()) {
        if (await verify(key, body, signature)) {
          return now / 1000 - Number(issuedAt) < DEVICE_SECONDS ? { id, userId } : null
        }
      }
      return null
    },
  }
}

async function importKey(bytes: Uint8Array<ArrayBuffer>, usage: 'sign' | 'verify'): Promise<CryptoKey> {
  return await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [usage])
}

async function sign(key: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const signature = await crypto.subtle.sign(
    'HMAC',
    await importKey(key, 'sign'),
    new TextEncoder().encode(text),
  )
  return toBase64Url(new Uint8Array(signature))
}

async function verify(key: Uint8Array<ArrayBuffer>, text: string, signature: string): Promise<boolean> {
  const bytes = fromBase64Url(signature)
  if (!bytes) return false
  return await crypto.subtle.verify(
    'HMAC',
    await importKey(key, 'verify'),
    bytes,
    new TextEncoder().encode(text),
  )
}
