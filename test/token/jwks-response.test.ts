import { expect, test } from 'vitest'
import { createJwksResponse } from '../../src/token/jwks-response.ts'
import { createKeyRing } from '../../src/token/signing-keys.ts'
import { FIRST_SECRET, NOW, secretsFrom } from './support.ts'

const DAY = 86_400
const keys = createKeyRing({
  secrets: secretsFrom(FIRST_SECRET),
  purpose: 'assertion',
  algorithm: 'ES256',
  rotationSeconds: DAY,
})

test('answers with the key set, its type and how long it may be kept', async () => {
  const response = await createJwksResponse(await keys.published(NOW), { https: true })
  expect(response.status).toBe(200)
  expect(response.headers.get('Content-Type')).toBe('application/jwk-set+json')
  expect(response.headers.get('Cache-Control')).toBe('public, max-age=300')
  expect(await response.json()).toEqual({ keys: await keys.published(NOW) })
})

test('has the headers of every own answer, but any cache may keep it and any site may load it', async () => {
  const { headers } = await createJwksResponse(await keys.published(NOW), { https: true })
  for (const response of [
    await createJwksResponse(await keys.published(NOW), { https: true }),
    await createJwksResponse(await keys.published(NOW), { ifNoneMatch: headers.get('ETag'), https: true }),
  ]) {
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'cache-control': 'public, max-age=300',
    })
    expect(response.headers.get('Vary')).toBeNull()
  }
  const plain = await createJwksResponse(await keys.published(NOW), { https: false })
  expect(plain.headers.get('Strict-Transport-Security')).toBeNull()
})

test('answers 304 without a body to who has this very set', async () => {
  const etag =
    (await createJwksResponse(await keys.published(NOW), { https: true })).headers.get('ETag') ?? ''
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const response = await createJwksResponse(await keys.published(NOW), { ifNoneMatch: known, https: true })
    expect(response.status).toBe(304)
    expect(await response.text()).toBe('')
    expect(response.headers.get('ETag')).toBe(etag)
  }
})

test('answers with the set to who has another one, or none', async () => {
  const etag =
    (await createJwksResponse(await keys.published(NOW), { https: true })).headers.get('ETag') ?? ''
  for (const known of [null, '', '"other"', etag.slice(1, -1), `${etag}x`]) {
    expect(
      (await createJwksResponse(await keys.published(NOW), { ifNoneMatch: known, https: true })).status,
    ).toBe(200)
  }
  expect(
    (await createJwksResponse(await keys.published(NOW + DAY), { ifNoneMatch: etag, https: true })).status,
  ).toBe(200)
})
