import { jsonResponse } from '../http/json.ts'
import type { Route } from '../http/route.ts'
import { listOf, textsNamed } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { createJwksResponse } from './jwks-response.ts'

export const keyRoutes: readonly Route[] = [
  {
    path: '/.well-known/jwks.json',
    kind: 'api',
    GET: showKeys,
    describe: {
      GET: {
        summary: 'Public keys of assertions and access tokens',
        answers: { 200: () => listOf('keys'), 304: null },
      },
    },
  },
  {
    path: '/health',
    kind: 'api',
    GET: showHealth,
    describe: {
      GET: {
        summary: 'Whether the gateway can do its work',
        answers: { 200: () => textsNamed('status'), 503: () => textsNamed('status') },
      },
    },
  },
]

/** The public keys that verify the assertion and the access tokens. */
async function showKeys(services: Services, site: Site, visit: Visit): Promise<Response> {
  const rings = await Promise.all(site.keyRings.map((ring) => ring.published(services.now() / 1000)))
  return await createJwksResponse(rings.flat(), {
    ifNoneMatch: visit.request.headers.get('if-none-match'),
    https: site.secure,
  })
}

/** Whether the gateway can do its work: D1 answers from its tables and KV answers. No details: this is for load balancers, not for visitors. */
async function showHealth(services: Services, site: Site): Promise<Response> {
  const healthy = await services.isHealthy()
  return jsonResponse(
    { status: healthy ? 'ok' : 'unavailable' },
    { status: healthy ? 200 : 503, secure: site.secure },
  )
}
