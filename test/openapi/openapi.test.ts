import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { jsonSchemaOf } from '../../src/openapi/json-schema.ts'
import { ROUTES } from '../../src/own-routes.ts'
import { misfitOf } from '../support/described.ts'
import { addUser, createWorld, NAVIGATION, SITE, signInAs } from '../support/world.ts'

interface Document {
  readonly openapi: string
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { operationId: string; requestBody?: object; responses: object; security?: object[] }>
      >
    >
  >
}

const METHODS = ['GET', 'POST', 'DELETE'] as const
const read = async () => await (await createWorld().fetch('/auth/api/openapi.json')).json<Document>()

it('every address of the API says what it takes and gives', () => {
  const silent = ROUTES.filter(({ kind, path }) => kind === 'api' && path.startsWith('/api/')).flatMap(
    (route) =>
      METHODS.filter((method) => route[method] && !route.describe?.[method]).map(
        (method) => `${method} ${route.path}`,
      ),
  )
  expect(silent).toEqual([])
})

it('nothing is described that is not there', () => {
  const idle = ROUTES.flatMap((route) =>
    METHODS.filter((method) => !route[method] && route.describe?.[method]).map(
      (method) => `${method} ${route.path}`,
    ),
  )
  expect(idle).toEqual([])
})

describe('GET /auth/api/openapi.json', () => {
  it('is OpenAPI 3.1 of them all, each with a name of its own', async () => {
    const { openapi, paths } = await read()
    expect(openapi).toBe('3.1.0')
    const operations = Object.values(paths).flatMap((path) => Object.values(path))
    const described = ROUTES.flatMap((route) => Object.keys(route.describe ?? {}))
    expect(operations).toHaveLength(described.length)
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    expect(Object.keys(paths)).toContain('/auth/api/keys/{id}')
    for (const { responses } of operations) expect(Object.keys(responses)).toContain('default')
  })

  it('says of a body what the gateway checks of it', async () => {
    const { paths } = await read()
    expect(paths['/auth/api/keys']?.post).toMatchObject({
      operationId: 'postKeys',
      security: [{ session: [] }],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['name'],
              additionalProperties: false,
              properties: {
                name: { type: 'string', maxLength: 64, description: 'What the key is for; shown in lists.' },
                scopes: { type: 'array', maxItems: 32, default: [] },
                expires: { anyOf: [{ type: 'string' }, { type: 'null' }], default: '90d' },
              },
            },
          },
        },
      },
    })
    expect(paths['/auth/api/token']?.post?.requestBody).toMatchObject({
      content: { 'application/x-www-form-urlencoded': {}, 'application/json': {} },
    })
  })

  it('moves with the base path', async () => {
    const world = createWorld({
      site: { name: 'X', url: SITE },
      origin: { service: 'ORIGIN' },
      basePath: '/sso',
    })
    const { paths } = await (await world.fetch('/sso/api/openapi.json')).json<Document>()
    expect(Object.keys(paths).filter((path) => !path.startsWith('/sso/'))).toEqual([])
  })
})

it('the page lists every operation, without a script', async () => {
  const response = await createWorld().fetch('/auth/api', { headers: NAVIGATION })
  const html = await response.text()
  expect([response.status, new TextEncoder().encode(html).length < 24_000]).toEqual([200, true])
  for (const [path, methods] of Object.entries((await read()).paths)) {
    for (const method of Object.keys(methods)) expect(html).toContain(`${method.toUpperCase()} ${path}`)
  }
  expect(html).not.toContain('<script')
})

describe('real answers', () => {
  it('are as described, of everything that a signed-in user may read', async () => {
    const world = createWorld()
    await addUser({ email: 'ada@example.com', roles: ['admin'] })
    const cookies = await signInAs(world, 'ada@example.com')
    const answered: string[] = []
    for (const { path, describe: said } of ROUTES) {
      if (!said?.GET || path.includes(':')) continue
      // Holds the answer against the description by itself (test/support/world.ts).
      const response = await world.fetch(`/auth${path}`, { cookies })
      if (response.status === 200) answered.push(path)
    }
    expect(answered.length).toBeGreaterThan(12)
  })

  it('that are not as described are found', async () => {
    const request = new Request(`${SITE}/auth/api/keys`)
    const wrong = Response.json({ keys: [{ id: 7 }] })
    expect(await misfitOf(request, wrong)).toContain('keys.0.id')
    expect(await misfitOf(request, new Response('', { status: 299 }))).toContain('does not speak of it')
    expect(await misfitOf(request, Response.json({ code: 'x' }, { status: 400 }))).toContain(
      'is application/json',
    )
  })
})

describe('a valibot schema as JSON Schema', () => {
  it.each([
    [v.string(), { type: 'string' }],
    [v.pipe(v.string(), v.nonEmpty(), v.maxLength(5)), { type: 'string', minLength: 1, maxLength: 5 }],
    [v.pipe(v.number(), v.integer(), v.minValue(1)), { type: 'integer', minimum: 1 }],
    [v.picklist(['a', 'b']), { enum: ['a', 'b'] }],
    [v.literal(true), { const: true }],
    [v.nullable(v.boolean()), { anyOf: [{ type: 'boolean' }, { type: 'null' }] }],
    [v.pipe(v.array(v.string()), v.maxLength(2)), { type: 'array', items: { type: 'string' }, maxItems: 2 }],
    [v.union([v.string(), v.number()]), { anyOf: [{ type: 'string' }, { type: 'number' }] }],
    [
      v.strictObject({ a: v.string(), b: v.optional(v.number(), 1) }),
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'number', default: 1 } },
        required: ['a'],
        additionalProperties: false,
      },
    ],
    [
      v.pipe(
        v.string(),
        v.regex(/^a+$/),
        v.transform((text) => text.length),
        v.minValue(1),
      ),
      { type: 'string', pattern: '^a+$' },
    ],
  ])('%#', (schema, expected) => {
    expect(jsonSchemaOf(schema)).toEqual(expected)
  })

  it('that it does not know is a mistake of ours, not a gap', () => {
    expect(() => jsonSchemaOf(v.map(v.string(), v.string()) as unknown as v.GenericSchema)).toThrow('map')
  })
})
