import { fromBase64Url, toBase64Url } from '../lib/encoding.ts'
import { randomText } from '../lib/random.ts'

/**
 * The known-device cookie (OWASP "device cookies"): says to which accounts this browser has signed in before, signed, without storage.
 * It opens nothing; it only gives the browser a throttle budget of its own, and spares its owners a mail about a new device.
 */
export interface Device {
  readonly id: string
  readonly userId: string
}

export interface Devices {
  /** The browser's next cookie: knows this account, and the others of its former cookie. */
  issue(userId: string, former: string | null, now: number): Promise<string>
  /** What we signed in the last year, the account that was used last first. */
  read(cookie: string | null, now: number): Promise<readonly Device[]>
}

export const DEVICE_SECONDS = 365 * 86_400
/** Accounts of one browser, as in a family or at a till. */
const MOST_ACCOUNTS = 4
const ENTRY = /^([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{1,64})\.(\d{10})\.([A-Za-z0-9_-]{43})$/

export function createDevices(keys: () => Promise<readonly Uint8Array<ArrayBuffer>[]>): Devices {
  async function readEntry(entry: string, now: number): Promise<Device | null> {
    const parts = ENTRY.exec(entry)
    if (!parts) return null
    const [, id = '', userId = '', issuedAt, signature = ''] = parts
    const body = `${id}.${userId}.${issuedAt}`
    for (const key of await keys()) {
      if (await verify(key, body, signature))
        return now / 1000 - Number(issuedAt) < DEVICE_SECONDS ? { id, userId } : null
    }
    return null
  }

  const entriesOf = (cookie: string | null) => (cookie ?? '').split('~', MOST_ACCOUNTS)

  return {
    async issue(userId, former, now) {
      const [current] = await keys()
      if (!current) throw new TypeError('the device cookie needs a key')
      const body = `${randomText(12)}.${userId}.${Math.floor(now / 1000)}`
      const others: string[] = []
      for (const entry of entriesOf(former)) {
        const device = await readEntry(entry, now)
        if (device && device.userId !== userId) others.push(entry)
      }
      return [`${body}.${await sign(current, body)}`, ...others].slice(0, MOST_ACCOUNTS).join('~')
    },

    async read(cookie, now) {
      const devices = await Promise.all(entriesOf(cookie).map((entry) => readEntry(entry, now)))
      return devices.filter((device) => device !== null)
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
