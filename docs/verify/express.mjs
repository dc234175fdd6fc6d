// Express (or plain node:http) behind Edgegate: `request.visitor` is whoever the signed assertion names, or null.
//
//   app.use(edgegate)
//   app.get('/reports', requireVisitor, (request, response) => response.json({ user: request.visitor.sub }))
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

const { EDGEGATE_ISSUER: issuer, EDGEGATE_AUDIENCE: audience, EDGEGATE_JWKS_URL: jwksUrl } = process.env
// jose checks neither of these when it is given none.
if (!issuer || !audience) throw new Error('EDGEGATE_ISSUER and EDGEGATE_AUDIENCE must be set')

// Fetched when it is older than ten minutes, for an unknown key at most every thirty seconds.
const keys = createRemoteJWKSet(new URL(jwksUrl))
// Unable to tell is not the same as refused: it is a fault (5xx), and nobody gets in on it either.
const UNABLE = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']

/** The claims of a genuine assertion for this app, or null. Throws when the keys cannot be fetched. */
export async function verify(token) {
  // jose's base64 decoder skips blanks, so the form is looked at first.
  if (typeof token !== 'string' || token.length > 8192 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null
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

export function edgegate(request, _response, next) {
  verify(request.headers['x-auth-assertion'] ?? '').then((claims) => {
    request.visitor = claims
    next()
  }, next)
}

export function requireVisitor(request, response, next) {
  if (request.visitor) return next()
  response.writeHead(401).end()
}
