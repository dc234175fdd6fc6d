// Express (or plain node:http) behind Edgegate: `request.visitor` is whoever the signed assertion names, or null.
//
//   app.use(edgegate)
//   app.get('/reports', requireVisitor, (request, response) => response.json({ user: request.visitor.sub }))
//
// Fastify:  fastify.addHook('onRequest', async (request) => { request.visitor = await verify(request) })
import { createVerifier } from './verify.mjs'

const { EDGEGATE_ISSUER: issuer, EDGEGATE_AUDIENCE: audience, EDGEGATE_JWKS_URL: jwksUrl } = process.env

/** The claims of a genuine assertion for this app, or null. Throws when the keys cannot be fetched. */
export const verify = createVerifier({ issuer, audience, jwksUrl })

export function edgegate(request, _response, next) {
  verify(request).then((claims) => {
    request.visitor = claims
    next()
  }, next)
}

export function requireVisitor(request, response, next) {
  if (request.visitor) return next()
  response.writeHead(401).end()
}
