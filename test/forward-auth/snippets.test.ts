import { beforeAll, describe, expect, it } from 'vitest'
import caddyfile from '../../docs/forward-auth/Caddyfile?raw'
import lua from '../../docs/forward-auth/edgegate.lua?raw'
import envoy from '../../docs/forward-auth/envoy.yaml?raw'
import nginx from '../../docs/forward-auth/nginx.conf?raw'
import traefik from '../../docs/forward-auth/traefik.yaml?raw'
import { addUser, Jar, PASSWORD } from '../support/world.ts'
import { ask, createProxiedWorld, GATEWAY, HOST, PROOF, signInThrough } from './support.ts'

const ADA = 'ada@snippets.example'
beforeAll(() => addUser({ email: ADA, name: 'Ada', roles: ['staff'] }))

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name)
const section = (text: string, name: string) =>
  new RegExp(`${name}:\\n((?:\\s+(?:patterns:|- .*)\\n)+)`).exec(text)?.[1] ?? ''

/** The names that each configuration takes over from the answer into the site's request. */
const TAKEN = {
  'nginx.conf': found(nginx, /\$upstream_http_(\w+)/g)
    .map((name) => name.replaceAll('_', '-'))
    .filter((name) => name !== 'x-edgegate-because'),
  Caddyfile: found(caddyfile, /request_header [\w-]+ \{rp\.header\.([\w-]+)\}/g),
  'edgegate.lua': found(/local TOLD = \{([^}]*)\}/.exec(lua)?.[1] ?? '', /"([\w-]+)"/g),
  'traefik.yaml': found(section(traefik, 'authResponseHeaders'), /- ([\w-]+)/g),
}

describe.each(Object.entries(TAKEN))('%s', (_file, names) => {
  it('P5: takes over every name that the gateway tells, and none that it does not', async () => {
    const world = createProxiedWorld()
    const jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
    const { headers } = await ask(world, '', { target: '/wiki', cookies: jar })
    const told = [...headers.keys()].filter((name) =>
      /^(?:remote-|x-auth-|cookie$|authorization$)/.test(name),
    )
    const taken = names.map((name) =>
      name.toLowerCase().replace(/^x-edgegate-(?=cookie$|authorization$)/, ''),
    )
    expect(taken).toEqual(expect.arrayContaining(told))
    expect(names.filter((name) => !headers.has(name))).toEqual([])
  })
})

it('Envoy may take over what the gateway tells, and tells a visitor nothing else', async () => {
  const taken = section(envoy, 'allowed_upstream_headers')
  expect(found(taken, /(?:exact|prefix): ([\w-]+)/g).sort()).toEqual([
    'authorization',
    'cookie',
    'remote-',
    'x-auth-assertion',
  ])
  expect(section(envoy, 'allowed_client_headers')).not.toMatch(/remote-|x-edgegate|x-auth|prefix/)
})

it('every address of the check that stands in a configuration has an answer', async () => {
  const world = createProxiedWorld()
  const texts = [nginx, caddyfile, lua, traefik, envoy].join('\n')
  const addresses = new Set(found(texts, /(\/auth\/check[\w/]*)/g))
  expect([...addresses].sort()).toEqual([
    '/auth/check/caddy',
    '/auth/check/envoy',
    '/auth/check/haproxy',
    '/auth/check/nginx',
    '/auth/check/nginx/refusal',
    '/auth/check/traefik',
  ])
  for (const address of addresses) {
    const response = await world.fetch(
      `${GATEWAY}${address}${address.endsWith('envoy') ? '/public/x' : ''}`,
      {
        headers: {
          host: HOST,
          'x-edgegate-check': PROOF,
          'x-forwarded-method': 'GET',
          'x-forwarded-proto': 'https',
          'x-forwarded-host': HOST,
          'x-forwarded-uri': '/public/x',
          'x-original-method': 'GET',
          'x-original-url': `https://${HOST}/public/x`,
        },
      },
    )
    expect(response.status, address).toBe(address.endsWith('refusal') ? 307 : 200)
  }
})
