import { fromBase64Url, toBase64Url } from './encoding.ts'

/** Keeps text that must be read again (AES-256-GCM). For what only has to be recognised, keep a hash instead. */
export interface Sealer {
  /** `context` is bound to the text: what was sealed for one row or purpose does not open as another. */
  seal(text: string, context: string): Promise<string>
  /** `null` for what was not sealed under one of our keys for this context. */
  open(sealed: string, context: string): Promise<string | null>
  /** The same for bytes. */
  sealBytes(bytes: Uint8Array<ArrayBuffer>, context: string): Promise<string>
  openBytes(sealed: string, context: string): Promise<Uint8Array<ArrayBuffer> | null>
}

/** NIST SP 800-38D section 8.2.2: random nonces of 96 bits serve 2^32 messages under one key. */
const NONCE_BYTES = 12

/** `keys`: 32 bytes each, the current one first; those being rotated out still open. */
export function createSealer(keys: () => Promise<readonly Uint8Array<ArrayBuffer>[]>): Sealer {
  const sealer: Sealer = {
    seal: (text, context) => sealer.sealBytes(new Uint8Array(new TextEncoder().encode(text)), context),

    async open(sealed, context) {
      const bytes = await sealer.openBytes(sealed, context)
      return bytes && new TextDecoder().decode(bytes)
    },

    async sealBytes(bytes, context) {
      const [current] = await keys()
      if (!current) throw new TypeError('sealing needs a key')
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const sealed = await crypto.subtle.encrypt(
        parameters(nonce, context),
        await importKey(current, 'encrypt'),
        bytes,
      )
      return `${toBase64Url(nonce)}.${toBase64Url(new Uint8Array(sealed))}`
    },

    async openBytes(sealed, context) {
      const [nonce, body] = sealed.split('.').map(fromBase64Url)
      if (!nonce || !body || nonce.length !== NONCE_BYTES) return null
      for (const key of await keys()) {
        const opened = await crypto.subtle
          .decrypt(parameters(nonce, context), await importKey(key, 'decrypt'), body)
          .catch(() => null)
        if (opened) return new Uint8Array(opened)
      }
      return null
    },
  }
  return sealer
}

function parameters(iv: Uint8Array<ArrayBuffer>, context: string) {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(context) }
}

async function importKey(bytes: Uint8Array<ArrayBuffer>, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [usage])
}
