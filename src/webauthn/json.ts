import * as v from 'valibot'

const base64url = (most: number) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxLength(most), v.regex(/^[A-Za-z0-9_-]+$/))

/** 1,023 bytes (WebAuthn section 7.1). */
const credentialId = base64url(1364)

/**
 * What a browser says of a new passkey (`PublicKeyCredential.toJSON()`). Other members are ignored. The attestation is: it would say which
 * product an authenticator is, which nobody here asks, and reading it takes a library larger than the rest of the gateway.
 */
export const REGISTRATION = v.object({
  id: credentialId,
  type: v.literal('public-key'),
  response: v.object({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(8192),
    publicKey: base64url(2048),
    publicKeyAlgorithm: v.number(),
    transports: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(10)), []),
  }),
})

/** What a browser says when a passkey has been used. */
export const ASSERTION = v.object({
  id: credentialId,
  type: v.literal('public-key'),
  response: v.object({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(8192),
    signature: base64url(2048),
    userHandle: v.optional(v.nullable(base64url(128))),
  }),
})

export type Registration = v.InferOutput<typeof REGISTRATION>
export type Assertion = v.InferOutput<typeof ASSERTION>

/** Reads the JSON that a form carries; `null` for what is none of it. */
export function readCredential<T>(schema: v.GenericSchema<unknown, T>, text: string): T | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(text))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}
