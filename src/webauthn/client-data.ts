/** What a ceremony must have been about. */
export interface Expected {
  readonly challenge: string
  /** The page it was asked on: exactly one, the site's own. */
  readonly origin: string
  readonly rpId: string
}

/**
 * Whether the browser swears to the right thing (WebAuthn level 3 sections 7.1 and 7.2): of this kind, with our challenge, on our own page
 * and in no frame of another site. The page is what makes a passkey worthless to a false website.
 */
export function isClientDataRight(
  bytes: Uint8Array,
  type: 'webauthn.create' | 'webauthn.get',
  { challenge, origin }: Pick<Expected, 'challenge' | 'origin'>,
): boolean {
  let said: unknown
  try {
    said = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes))
  } catch {
    return false
  }
  if (typeof said !== 'object' || said === null) return false
  const data = said as Record<string, unknown>
  return (
    data.type === type &&
    data.challenge === challenge &&
    data.origin === origin &&
    (data.crossOrigin === undefined || data.crossOrigin === false) &&
    data.topOrigin === undefined
  )
}

/** The challenge that a browser says it answers; `null` where it says none. Whether that is one of ours is not said by this. */
export function challengeOf(bytes: Uint8Array): string | null {
  try {
    const { challenge } = JSON.parse(new TextDecoder().decode(bytes)) as { challenge?: unknown }
    return typeof challenge === 'string' ? challenge : null
  } catch {
    return null
  }
}
