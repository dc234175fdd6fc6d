/**
 * What is derived from the operator's secret. Nothing uses the secret itself: every purpose has a label of its own, so that
 * knowing what was derived for one tells nothing about another (RFC 5869 section 3.2).
 */
export interface Secrets {
  /** How many secrets are listed: the current one and those being rotated out. */
  readonly count: number
  /**
   * `length` bytes for the purpose `label`, one result per secret, the current one first. The same for the same secret for
   * ever. Not cached: keep what you derive. Throws a RangeError for a length HKDF cannot give (1 to 8160).
   */
  derive(label: string, length: number): Promise<readonly Uint8Array<ArrayBuffer>[]>
}

export type ParsedSecrets =
  | { readonly ok: true; readonly secrets: Secrets }
  | { readonly ok: false; readonly problem: string }

const MIN_BYTES = 32
/** A random secret of 32 bytes has more than twelve different characters in hex and more than twenty in base64. */
const MIN_DISTINCT = 8
/** Shorter than this, a repeated unit is somebody filling up the length. */
const MIN_PERIOD = 16
const MAX_OUTPUT = 255 * 32
const PLACEHOLDER =
  /change[-_ ]?(me|this|it)|replace[-_ ]?(me|this|with)|place[-_ ]?holder|your[-_ ]?(own|secret|key)|example[-_ ]?secret|insert[-_ ]?(here|your)|^<.*>$/i

/**
 * Reads `EDGEGATE_SECRET`: `current` or `current,previous[,…]`, blanks around each ignored (a secret piped into
 * `wrangler secret put` ends in a newline). The text's own bytes are the key material, so base64 and hex need no decoding.
 * The problem never quotes the secret.
 */
export function parseSecrets(text: string | undefined): ParsedSecrets {
  const listed = listSecrets('EDGEGATE_SECRET', text)
  return listed.ok ? { ok: true, secrets: secretsOf(listed.entries) } : listed
}

export type ListedSecrets =
  | { readonly ok: true; readonly entries: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly ok: false; readonly problem: string }

/** The entries of a variable that holds secrets, all of them fit to be one. */
export function listSecrets(variable: string, text: string | undefined): ListedSecrets {
  const refuse = (problem: string) => ({ ok: false, problem: `${variable} ${problem}` }) as const
  if (text === undefined || text.trim() === '') {
    return refuse('is not set. Make one with `openssl rand -base64 48`')
  }
  const entries = text.split(',').map((entry) => entry.trim())
  for (const [index, entry] of entries.entries()) {
    const flaw = flawOf(entry)
    if (flaw !== null)
      return refuse(entries.length === 1 ? flaw : `entry ${index + 1} of ${entries.length} ${flaw}`)
  }
  if (new Set(entries).size < entries.length) return refuse('lists the same secret twice')
  return { ok: true, entries: entries.map((entry) => new Uint8Array(new TextEncoder().encode(entry))) }
}

function flawOf(secret: string): string | null {
  if (secret === '') return 'is empty'
  if (PLACEHOLDER.test(secret)) return 'is a placeholder'
  const bytes = new TextEncoder().encode(secret).length
  // `openssl rand -hex 16` is 32 characters, but only 16 bytes.
  const strength = /^[0-9a-f]+$/i.test(secret) ? Math.floor(bytes / 2) : bytes
  if (strength < MIN_BYTES) {
    const counted = strength === bytes ? `${bytes} bytes` : `${strength} bytes as hex`
    return `is too short: ${counted}, at least ${MIN_BYTES} are needed`
  }
  if (new Set(secret).size < MIN_DISTINCT || periodOf(secret) < MIN_PERIOD) {
    return 'has too little variety to be random'
  }
  return null
}

/** Length of the shortest unit whose repetition, the last one cut off or not, gives the text. */
function periodOf(text: string): number {
  for (let period = 1; period < text.length; period += 1) {
    if (text.startsWith(text.slice(period))) return period
  }
  return text.length
}

function secretsOf(materials: readonly Uint8Array<ArrayBuffer>[]): Secrets {
  // Results, not promises, are kept: in workerd a request must not wait for work that belongs to another one.
  let keys: readonly CryptoKey[] | null = null

  async function importedKeys(): Promise<readonly CryptoKey[]> {
    keys ??= await Promise.all(
      materials.map((material) => crypto.subtle.importKey('raw', material, 'HKDF', false, ['deriveBits'])),
    )
    return keys
  }

  async function derive(label: string, length: number): Promise<readonly Uint8Array<ArrayBuffer>[]> {
    if (!Number.isInteger(length) || length < 1 || length > MAX_OUTPUT) {
      throw new RangeError(`HKDF-SHA-256 gives 1 to ${MAX_OUTPUT} bytes, not ${length}`)
    }
    // No salt: the secret is uniform already and there is nowhere to keep one (RFC 5869 section 3.1).
    const parameters = {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: new TextEncoder().encode(label),
    }
    const imported = await importedKeys()
    return Promise.all(
      imported.map(
        async (key) => new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8)),
      ),
    )
  }

  return { count: materials.length, derive }
}
