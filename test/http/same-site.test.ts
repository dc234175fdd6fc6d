import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOwnRequest } from '../../src/http/same-site.ts'
import { createWorld, NAVIGATION, SITE } from '../support/world.ts'

const ask = (headers: Record<string, string>, withoutEither: 'accept' | 'refuse' = 'accept') =>
  isOwnRequest(new Headers(headers), SITE, withoutEither)

describe('P29: a state change from our own pages', () => {
  it.each<Record<string, string>>([
    { 'sec-fetch-site': 'same-origin', origin: SITE },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'none', origin: SITE },
    { origin: SITE },
    { origin: SITE, referer: 'https://evil.example/' },
    { referer: `${SITE}/auth/login?next=/x` },
    { referer: SITE },
  ])('is accepted from a page and a program: %j', (headers) => {
    expect([ask(headers, 'accept'), ask(headers, 'refuse')]).toEqual([true, true])
  })

  it.each<Record<string, string>>([
    ...['cross-site', 'same-site', 'Same-Origin', 'same-origin, same-origin', '', 'none;x', 'x'].map(
      (site) => ({ 'sec-fetch-site': site }),
    ),
    ...['cross-site', 'same-site', ''].map((site) => ({
      'sec-fetch-site': site,
      origin: SITE,
      referer: `${SITE}/`,
    })),
    ...[
      'null',
      '',
      'https://evil.example',
      'http://app.example',
      `${SITE}:8443`,
      `${SITE}/`,
      `${SITE}.evil.example`,
      'https://sub.app.example',
      'HTTPS://APP.EXAMPLE',
      `${SITE}, ${SITE}`,
      'https://app.example@evil.example',
      `${SITE} `.padEnd(30, 'x'),
    ].map((origin) => ({ origin })),
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    { 'sec-fetch-site': 'none', origin: 'https://evil.example' },
    { origin: 'null', referer: `${SITE}/` },
    { origin: 'https://evil.example', referer: `${SITE}/` },
    { referer: 'https://evil.example/' },
    { referer: 'https://evil.example/?https://app.example/' },
    { referer: 'https://app.example@evil.example/' },
    { referer: 'http://app.example/' },
    { referer: 'https://app.example.evil.example/' },
    { referer: 'data:text/html,x' },
  ])('is not: %j', (headers) => {
    expect([ask(headers, 'accept'), ask(headers, 'refuse')]).toEqual([false, false])
  })

  it('without a word about where it came from only a program may send it', () => {
    for (const headers of [
      {},
      { referer: '' },
      { referer: 'nonsense' },
      { 'x-requested-with': 'XMLHttpRequest' },
    ] as Record<string, string>[]) {
      expect([ask(headers, 'accept'), ask(headers, 'refuse')]).toEqual([true, false])
    }
  })

  it('whatever the headers, another origin is never ours', () => {
    const value = fc.constantFrom(
      'null',
      '',
      SITE,
      'https://evil.example',
      'same-origin',
      'cross-site',
      'same-site',
      'none',
      `${SITE}/x`,
    )
    const headers = fc.dictionary(
      fc.constantFrom('origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'content-type'),
      value,
    )
    fc.assert(
      fc.property(headers, fc.constantFrom('accept' as const, 'refuse' as const), (said, without) => {
        if (!ask(said, without)) return
        expect([undefined, SITE]).toContain(said.origin)
        expect([undefined, 'same-origin', 'none']).toContain(said['sec-fetch-site'])
      }),
    )
  })
})

describe('P29: whatever the content type', () => {
  const TYPES = [
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
  ]

  it.each(TYPES)('%s from another site signs nobody in or out', async (type) => {
    const world = createWorld()
    for (const path of [
      '/auth/login',
      '/auth/logout',
      '/auth/reauth',
      '/auth/api/login',
      '/auth/api/logout',
      '/auth/api/reauth',
    ]) {
      for (const from of [
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'https://evil.example' },
        { 'sec-fetch-site': 'same-site', origin: SITE },
      ] as Record<string, string>[]) {
        const response = await world.fetch(path, {
          method: 'POST',
          headers: { ...from, 'content-type': type },
          body: '{"identifier":"a","password":"b"}',
        })
        expect([path, response.status]).toEqual([path, 403])
        expect(response.headers.getSetCookie()).toEqual([])
        expect(response.headers.get('access-control-allow-origin')).toBeNull()
      }
    }
  })

  it('a form page without Origin or Sec-Fetch-Site is refused, the API takes it from a program', async () => {
    const world = createWorld()
    const { 'sec-fetch-site': _, ...silent } = NAVIGATION
    const form = {
      method: 'POST',
      headers: { ...silent, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'identifier=a&password=b',
    }
    expect((await world.fetch('/auth/login', form)).status).toBe(403)
    const json = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"identifier":"a","password":"b"}',
    }
    expect((await world.fetch('/auth/api/login', json)).status).toBe(401)
  })
})
