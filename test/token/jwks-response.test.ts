import { expect, test } from 'vitest'
import { createJwksResponse } from '../../src/token/jwks-response.ts'
import { createKeyRing } from '../../src/token/signing-keys.ts'
import { FIRST_SECRET, NOW, secretsFrom } from './support.ts'

const DAY = 86_400
const keys = createKeyRing({ secrets: secretsFrom(FIRST_SECRET), algorithm: 'ES256', rotationSeconds: DAY })

test('answers with the key set, its type and how long it may be kept', async () => {
  const response = await createJwksResponse(await keys.published(NOW))
  expect(response.status).toBe(200)
  expect(response.headers.get('Content-Type')).toBe('application/jwk-set+json')
  expect(response.headers.get('Cache-Control')).toBe('public, max-age=300')
  expect(await response.json()).toEqual({ keys: await keys.published(NOW) })
})

test('answers 304 without a body to who has this very set', async () => {
  const etag = (await createJwksResponse(await keys.published(NOW))).headers.get('ETag') ?? ''
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const response = await createJwksResponse(await keys.published(NOW), known)
    expect(response.status).toBe(304)
    expect(await response.text()).toBe('')
    expect(response.headers.get('ETag')).toBe(etag)
  }
})

test('answers with the set to who has another one, or none', async () => {
  const etag = (await createJwksResponse(await keys.published(NOW))).headers.get('ETag') ?? ''
  for (const known of [null, '', '"other"', etag.slice(1, -1), `${etag}x`]) {
    expect((await createJwksResponse(await keys.published(NOW), known)).status).toBe(200)
  }
  expect((await createJwksResponse(await keys.published(NOW + DAY), etag)).status).toBe(200)
})
