import { toBase64Url } from '../../src/lib/encoding.ts'

/**
 * An authenticator in software: real keys, real signatures, and a switch for everything that a dishonest or broken one could say. What it
 * answers is what `PublicKeyCredential.toJSON()` gives.
 */
export interface Authenticator {
  create(options: CreationOptions, lie?: Partial<Says>): Promise<Record<string, unknown>>
  get(options: { challenge: string; rpId: string }, lie?: Partial<Says>): Promise<Record<string, unknown>>
  readonly id: string
}

export interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
}

interface Says {
  readonly type: string
  readonly challenge: string
  readonly origin: string
  readonly crossOrigin: boolean
  readonly rpId: string
  readonly flags: number
  readonly counter: number
  readonly userHandle: string | null
  readonly credentialId: string
  /** Changes the signature after it was made. */
  readonly spoil: (signature: Uint8Array) => Uint8Array
}

export const UP = 0x01
export const UV = 0x04
export const BE = 0x08
export const BS = 0x10
const AT = 0x40

export async function createAuthenticator(
  origin: string,
  { flags = UP | UV | BE | BS, counts = false, algorithm = -7 } = {},
): Promise<Authenticator> {
  const keys = (await crypto.subtle.generateKey(parametersOf(algorithm), true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const id = crypto.getRandomValues(new Uint8Array(32))
  const spki = new Uint8Array((await crypto.subtle.exportKey('spki', keys.publicKey)) as ArrayBuffer)
  let counter = 0
  let handle: string | null = null

  const clientData = (says: Says) =>
    new TextEncoder().encode(
      JSON.stringify({
        type: says.type,
        challenge: says.challenge,
        origin: says.origin,
        crossOrigin: says.crossOrigin,
      }),
    )

  return {
    id: toBase64Url(id),
    async create(options, lie = {}) {
      handle = options.user.id
      const says = sayings({ type: 'webauthn.create', rpId: options.rp.id, ...options }, lie)
      const attested = new Uint8Array([...new Uint8Array(16), 0, id.length, ...id, 0xa0])
      const data = await authenticatorData(says, says.flags | AT, attested)
      return {
        id: says.credentialId,
        rawId: says.credentialId,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: toBase64Url(clientData(says)),
          authenticatorData: toBase64Url(data),
          attestationObject: 'AAAA',
          publicKey: toBase64Url(spki),
          publicKeyAlgorithm: algorithm,
          transports: ['internal'],
        },
      }
    },

    async get(options, lie = {}) {
      if (counts) counter++
      const says = sayings({ type: 'webauthn.get', ...options }, lie)
      const client = clientData(says)
      const data = await authenticatorData(says, says.flags, new Uint8Array())
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', client))
      const signature = says.spoil(await sign(keys.privateKey, algorithm, new Uint8Array([...data, ...hash])))
      return {
        id: says.credentialId,
        rawId: says.credentialId,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: toBase64Url(client),
          authenticatorData: toBase64Url(data),
          signature: toBase64Url(signature),
          ...(says.userHandle === null ? {} : { userHandle: says.userHandle }),
        },
      }
    },
  }

  function sayings(asked: { type: string; challenge: string; rpId: string }, lie: Partial<Says>): Says {
    return {
      ...asked,
      origin,
      crossOrigin: false,
      flags,
      counter,
      userHandle: handle,
      credentialId: toBase64Url(id),
      spoil: (signature) => signature,
      ...lie,
    }
  }
}

async function authenticatorData(says: Says, flags: number, rest: Uint8Array): Promise<Uint8Array> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(says.rpId)))
  const counter = new DataView(new ArrayBuffer(4))
  counter.setUint32(0, says.counter)
  return new Uint8Array([...hash, flags, ...new Uint8Array(counter.buffer), ...rest])
}

function parametersOf(algorithm: number): SubtleCryptoGenerateKeyAlgorithm {
  if (algorithm === -8) return { name: 'Ed25519' }
  if (algorithm === -257)
    return {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    }
  return { name: 'ECDSA', namedCurve: 'P-256' }
}

async function sign(key: CryptoKey, algorithm: number, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (algorithm === -8) return new Uint8Array(await crypto.subtle.sign('Ed25519', key, data))
  if (algorithm === -257) return new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, data))
  const raw = new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, data))
  const body = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))]
  return new Uint8Array([0x30, body.length, ...body])
}

/** DER: no needless zeros before, one where the number would look negative. */
function integer(bytes: Uint8Array): readonly number[] {
  const from = bytes.findIndex((byte) => byte !== 0)
  const digits = [...bytes.subarray(from < 0 ? bytes.length - 1 : from)]
  const padded = (digits[0] ?? 0) > 127 ? [0, ...digits] : digits
  return [0x02, padded.length, ...padded]
}
