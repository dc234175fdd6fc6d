import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { Identity } from '../../src/identity.ts'
import { ASSERTION_TYPE, type AssertionSubject } from '../../src/token/assertion.ts'
import type { PublicJwk } from '../../src/token/private-key.ts'
import { parseSecrets, type Secrets } from '../../src/token/secrets.ts'

export const NOW = 1_790_000_000
export const ISSUER = 'https://intranet.acme.example'
export const AUDIENCE = 'https://origin.acme.example'

export const FIRST_SECRET = 'first-secret-with-enough-variety-0123456789-abcdef'
export const SECOND_SECRET = 'second-secret-quite-unlike-the-other-9876543210-zyx'

export function secretsFrom(text: string): Secrets {
  const parsed = parseSecrets(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.secrets
}

export const ALICE: Identity = {
  kind: 'user',
  id: 'u_alice',
  email: 'alice@acme.example',
  emailVerified: true,
  username: 'alice',
  name: '佐藤 Alice',
  roles: ['finance', 'admin'],
}

export function subjectOf(changes: Partial<AssertionSubject> = {}): AssertionSubject {
  return {
    identity: ALICE,
    sessionId: 's_1',
    authenticatedAt: NOW - 100,
    methods: ['pwd'],
    fresh: true,
    ...changes,
  }
}

/** The claims as an independent verifier (jose) sees them; throws for what it refuses. */
export async function verify(
  assertion: string,
  keys: readonly PublicJwk[],
  expected: { readonly audience?: string; readonly issuer?: string; readonly now?: number } = {},
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(
    assertion,
    createLocalJWKSet({ keys: keys.map((key) => ({ ...key })) }),
    {
      issuer: expected.issuer ?? ISSUER,
      audience: expected.audience ?? AUDIENCE,
      typ: ASSERTION_TYPE,
      algorithms: ['ES256', 'EdDSA'],
      requiredClaims: ['exp', 'iat', 'nbf', 'sub', 'jti'],
      currentDate: new Date((expected.now ?? NOW) * 1000),
    },
  )
  return payload
}
