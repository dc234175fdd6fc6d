// Whoever the signed assertion of a request names, for any JavaScript server; also `import … from 'edgegate/verify'`.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

// Unable to tell is not the same as refused: it is a fault (5xx), and nobody gets in on it either.
const UNABLE = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']

/** `issuer` is the site's public address, `audience` this origin's, `jwksUrl` where the keys are, if `/auth` was renamed. */
export function createVerifier({ issuer, audience, jwksUrl = `${issuer}/auth/.well-known/jwks.json` }) {
  // jose checks neither of these when it is given none.
  if (!issuer || !audience) throw new TypeError('issuer and audience must be given')
  // Fetched when it is older than ten minutes, for an unknown key at most every thirty seconds.
  const keys = createRemoteJWKSet(new URL(jwksUrl))

  /** The claims of a genuine assertion, or null. Takes a request of any framework, or the assertion. Throws when the keys cannot be had. */
  return async function verify(source) {
    const token = typeof source === 'string' ? source : assertionOf(source)
    // jose's base64 decoder skips blanks, so the form is looked at first.
    if (typeof token !== 'string' || token.length > 8192 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
      return null
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ['ES256', 'EdDSA'],
        typ: 'edgegate-assertion+jwt',
        requiredClaims: ['exp', 'nbf', 'iat'],
        maxTokenAge: 60,
        clockTolerance: 5,
      })
      const plain = Object.keys(protectedHeader).sort().join() === 'alg,kid,typ'
      const named = typeof payload.sub === 'string' && payload.sub !== ''
      return plain && named && payload.exp - payload.iat <= 60 ? payload : null
    } catch (error) {
      if (error instanceof errors.JOSEError && !UNABLE.includes(error.code)) return null
      throw error
    }
  }
}

/** Fetch's `Request` (Hono) has headers to ask, Node's (Express, Fastify) an object of them. */
function assertionOf({ headers }) {
  return typeof headers.get === 'function' ? headers.get('x-auth-assertion') : headers['x-auth-assertion']
}
