import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { MAX_BODY_BYTES, readForm, readJson } from '../../src/http/body.ts'
import { createWorld, NAVIGATION, SITE } from '../support/world.ts'

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const ANY = v.strictObject({
  a: v.optional(v.string('must be text')),
  b: v.optional(v.number('must be a number')),
})

function post(
  body: BodyInit | null,
  type: string | null = JSON_TYPE,
  headers: Record<string, string> = {},
): Request {
  const request = new Request('https://app.example/x', { method: 'POST', body, headers })
  if (type === null) request.headers.delete('content-type')
  else request.headers.set('content-type', type)
  return request
}

/** A body in pieces, of unknown length; `pulled` counts how much of it was asked for. */
function stream(
  chunk: Uint8Array,
  times: number,
): { body: ReadableStream; pulled: () => number; cancelled: () => boolean } {
  let [count, isCancelled] = [0, false]
  const body = new ReadableStream(
    {
      pull(controller) {
        if (count++ < times) controller.enqueue(chunk.slice())
        else controller.close()
      },
      cancel() {
        isCancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, pulled: () => count, cancelled: () => isCancelled }
}

const encode = (text: string) => new TextEncoder().encode(text)
const bytes = (...values: number[]) => new Uint8Array(values)

describe('P23: the size of a body is counted while it is read', () => {
  it('the last byte that fits fits, the next one does not', async () => {
    const fits = JSON.stringify({ a: 'x'.repeat(MAX_BODY_BYTES - 8) })
    expect(encode(fits)).toHaveLength(MAX_BODY_BYTES)
    expect(await readJson(post(fits), ANY)).toMatchObject({ ok: true })
    expect(await readJson(post(`${fits} `), ANY)).toEqual({ ok: false, code: 'body_too_large' })
    const form = `a=${'x'.repeat(MAX_BODY_BYTES - 2)}`
    expect(await readForm(post(form, FORM_TYPE))).toMatchObject({ ok: true })
    expect(await readForm(post(`${form}x`, FORM_TYPE))).toEqual({ ok: false, code: 'body_too_large' })
  })

  it('bytes count, not characters', async () => {
    const text = JSON.stringify({ a: '\u{1f600}'.repeat(MAX_BODY_BYTES / 4) })
    expect(await readJson(post(text), ANY)).toMatchObject({ code: 'body_too_large' })
  })

  it.each([
    ['none', {}],
    ['a small one', { 'content-length': '2' }],
    ['nonsense', { 'content-length': 'x' }],
    ['a negative one', { 'content-length': '-1' }],
  ])('with a Content-Length that is %s', async (_name, headers: Record<string, string>) => {
    const endless = stream(new Uint8Array(1024).fill(32), 1_000_000)
    expect(await readJson(post(endless.body, JSON_TYPE, headers), ANY)).toEqual({
      ok: false,
      code: 'body_too_large',
    })
    expect(endless.pulled()).toBeLessThan(80)
    expect(endless.cancelled()).toBe(true)
  })

  it('a form in pieces stops as early', async () => {
    const endless = stream(encode('a=b&'), 1_000_000)
    expect(await readForm(post(endless.body, FORM_TYPE))).toMatchObject({ code: 'body_too_large' })
    expect(endless.pulled()).toBeLessThan(MAX_BODY_BYTES / 4 + 3)
  })

  it('a large Content-Length on a small body does no harm', async () => {
    expect(await readJson(post('{}', JSON_TYPE, { 'content-length': '999999999' }), ANY)).toMatchObject({
      ok: true,
    })
  })

  it('pieces that cut a character in two are joined first', async () => {
    const [whole, parts] = [encode('{"a":"\u{1f600}é"}'), [] as Uint8Array[]]
    for (const byte of whole) parts.push(bytes(byte))
    const body = new ReadableStream({
      pull(controller) {
        const part = parts.shift()
        if (part) controller.enqueue(part)
        else controller.close()
      },
    })
    expect(await readJson(post(body), ANY)).toEqual({ ok: true, value: { a: '\u{1f600}é' } })
  })

  it('at the login the visitor hears so, as a page or a problem', async () => {
    const world = createWorld()
    const large = 'x'.repeat(MAX_BODY_BYTES)
    const api = await world.fetch('/auth/api/login', {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE },
      body: JSON.stringify({ identifier: 'a', password: large }),
    })
    expect([api.status, await api.json()]).toEqual([413, expect.objectContaining({ code: 'body_too_large' })])
    const page = await world.fetch('/auth/login', {
      method: 'POST',
      headers: { ...NAVIGATION, origin: SITE, 'content-type': FORM_TYPE },
      body: `identifier=a&password=${large}`,
    })
    expect(page.status).toBeGreaterThanOrEqual(400)
    expect(page.status).toBeLessThan(500)
  })
})

describe('P2: a JSON body', () => {
  it.each<[string, BodyInit | null]>([
    ['nothing', null],
    ['an empty text', ''],
    ['half an object', '{"a":'],
    ['two objects', '{}{}'],
    ['a comment', '{}//'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"b":NaN}'],
    ['a form', 'a=b'],
    ['a byte order mark', '\ufeff{}'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])],
    ['a byte that is no UTF-8', new Uint8Array([...encode('{"a":"'), 0xe9, ...encode('"}')])],
    ['overlong UTF-8', new Uint8Array([...encode('{"a":"'), 0xc0, 0xaf, ...encode('"}')])],
    [
      'half a surrogate pair as UTF-8',
      new Uint8Array([...encode('{"a":"'), 0xed, 0xa0, 0x80, ...encode('"}')]),
    ],
    ['a character cut short', new Uint8Array([...encode('{"a":"'), 0xf0, 0x9f])],
    ['control characters in a text', '{"a":"\u0000"}'],
    ['ten thousand brackets', '['.repeat(10_000)],
  ])('of %s is invalid', async (_name, body) => {
    expect(await readJson(post(body), ANY)).toEqual({ ok: false, code: 'invalid_json' })
  })

  it.each([
    'null',
    '[]',
    '7',
    '"a"',
    'true',
    '[{}]',
    '{"a":1}',
    '{"a":null}',
    '{"a":["x"]}',
    '{"a":{"$ne":""}}',
    '{"b":"1"}',
  ])('%s is no object of the fields asked for', async (text) => {
    expect(await readJson(post(text), ANY)).toMatchObject({ ok: false, code: 'invalid_request' })
  })

  it('P26: a member nobody asked for is refused by name', async () => {
    expect(await readJson(post('{"a":"x","role":"admin"}'), ANY)).toEqual({
      ok: false,
      code: 'invalid_request',
      errors: [{ field: 'role', code: 'unknown_field', message: expect.any(String) }],
    })
  })

  it('P26: a name of the prototype changes nothing', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString']) {
      const read = await readJson(post(`{"a":"x","${name}":{"b":7}}`), ANY)
      if (read.ok)
        expect([read.value, Object.keys(read.value), read.value.b]).toEqual([{ a: 'x' }, ['a'], undefined])
    }
    expect(({} as { b?: number }).b).toBeUndefined()
  })

  it('every field that is wrong is named', async () => {
    const read = await readJson(post('{"a":1,"b":"x"}'), ANY)
    expect(read).toMatchObject({
      errors: [
        { field: 'a', code: 'invalid', message: 'must be text' },
        { field: 'b', code: 'invalid', message: 'must be a number' },
      ],
    })
  })

  it.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    ' application/json ; x=y',
  ])('is accepted as %j', async (type) =>
    expect(await readJson(post('{"a":"x"}', type), ANY)).toEqual({ ok: true, value: { a: 'x' } }),
  )

  it.each([
    null,
    '',
    'text/plain',
    FORM_TYPE,
    'multipart/form-data',
    'application/jsonx',
    'application/ld+json',
    'text/json',
    'application/json, text/plain',
    'x;application/json',
  ])('is not accepted as %j', async (type) =>
    expect(await readJson(post('{}', type), ANY)).toEqual({ ok: false, code: 'unsupported_media_type' }),
  )

  it('may be left out only where it is optional, and only wholly', async () => {
    expect(await readJson(post(null, null), ANY, { optional: true })).toEqual({ ok: true, value: {} })
    expect(await readJson(post(null, null), ANY)).toMatchObject({ code: 'unsupported_media_type' })
    expect(await readJson(post('{}', null), ANY, { optional: true })).toMatchObject({
      code: 'unsupported_media_type',
    })
    expect(await readJson(post('', JSON_TYPE), ANY, { optional: true })).toMatchObject({
      code: 'invalid_json',
    })
  })
})

describe('P2: a form', () => {
  const read = async (body: BodyInit, type = FORM_TYPE) => {
    const form = await readForm(post(body, type))
    return form.ok ? Object.fromEntries(form.value) : form.code
  }

  it.each<[string, Record<string, string>]>([
    ['', {}],
    ['a=b', { a: 'b' }],
    ['a=b&c=d', { a: 'b', c: 'd' }],
    ['&&a=b&', { a: 'b' }],
    ['a', { a: '' }],
    ['a=', { a: '' }],
    ['=b', { '': 'b' }],
    ['a=b=c', { a: 'b=c' }],
    ['a=b+c%20d', { a: 'b c d' }],
    ['a=%2B%26%3D', { a: '+&=' }],
    ['a+b=c', { 'a b': 'c' }],
    ['caf%C3%A9=%F0%9F%98%80', { café: '\u{1f600}' }],
    ['a=é', { a: 'é' }],
    ['a;b=c', { 'a;b': 'c' }],
    ['a[]=b', { 'a[]': 'b' }],
  ])('%j', async (body, fields) => expect(await read(body)).toEqual(fields))

  it.each(['a=b&a=b', 'a=b&a=c', 'a&a', 'a=b&%61=c', '=b&=c', 'a+b=1&a%20b=2'])(
    'that names a field twice is invalid: %j',
    async (body) => {
      expect(await read(body)).toBe('invalid_request')
    },
  )

  it.each<BodyInit>([
    'a=%',
    'a=%2',
    'a=%zz',
    '%=b',
    'a=%ff',
    'a=%c0%af',
    'a=%ed%a0%80',
    'a=%u0041',
    bytes(0x61, 0x3d, 0xe9),
    bytes(0x61, 0x3d, 0xc0, 0xaf),
  ])('that is no UTF-8 is invalid: %j', async (body) => expect(await read(body)).toBe('invalid_request'))

  it('a byte order mark is part of the first name, not dropped', async () => {
    expect(await read('\ufeffa=b')).toEqual({ '\ufeffa': 'b' })
  })

  it('a field may be called like a member of every object', async () => {
    const form = await readForm(post('__proto__=x&constructor=y', FORM_TYPE))
    expect(form.ok && [...form.value]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })

  it.each(['', 'text/plain', JSON_TYPE, 'multipart/form-data; boundary=x', `${FORM_TYPE}x`])(
    'is not accepted as %j',
    async (type) => {
      expect(await read('a=b', type)).toBe('unsupported_media_type')
    },
  )

  it('reads what URLSearchParams has written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.string({ unit: 'grapheme' })),
        async (fields) => {
          const form = await readForm(post(new URLSearchParams(fields).toString(), FORM_TYPE))
          expect(form.ok && new Map(form.value)).toEqual(new Map(Object.entries(fields)))
        },
      ),
    )
  })

  it('whatever the bytes, it is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (body) => {
        const json = await readJson(post(body.slice(), JSON_TYPE), ANY)
        const form = await readForm(post(body.slice(), FORM_TYPE))
        for (const said of [json, form]) if (!said.ok) expect(said.code).toMatch(/^invalid_(json|request)$/)
      }),
    )
  })
})
