// Hono behind Edgegate: `context.get('visitor')` is whoever the signed assertion names, or null.
import { Hono } from 'hono'
import { createVerifier } from './verify.mjs'

const { EDGEGATE_ISSUER: issuer, EDGEGATE_AUDIENCE: audience, EDGEGATE_JWKS_URL: jwksUrl } = process.env
const verify = createVerifier({ issuer, audience, jwksUrl })

export const app = new Hono()

app.use(async (context, next) => {
  context.set('visitor', await verify(context.req.raw))
  await next()
})

app.get('/whoami', (context) => {
  const visitor = context.get('visitor')
  return visitor ? context.json({ user: visitor.sub, roles: visitor.roles }) : context.body(null, 401)
})
