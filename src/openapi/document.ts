import { ERRORS } from '../errors.ts'
import type { Needs, Operation } from '../http/describe.ts'
import type { Route } from '../http/route.ts'
import { jsonSchemaOf } from './json-schema.ts'

export const METHODS = ['GET', 'POST', 'DELETE'] as const

export interface DescribedOperation {
  readonly method: (typeof METHODS)[number]
  /** With the base path and `{id}` for what varies. */
  readonly path: string
  readonly operation: Operation
}

/** Every operation of the API that has a description, in the order of the routes. */
export function operationsOf(routes: readonly Route[], basePath: string): readonly DescribedOperation[] {
  return routes.flatMap((route) =>
    METHODS.flatMap((method) => {
      const operation = route.describe?.[method]
      const path = basePath + route.path.replaceAll(/:(\w+)/g, '{$1}')
      return operation ? [{ method, path, operation }] : []
    }),
  )
}

/** OpenAPI 3.1 of the whole API, from what the routes say of themselves. */
export function openApiDocument(
  routes: readonly Route[],
  site: { readonly basePath: string; readonly publicOrigin: string; readonly name: string },
) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { method, path, operation } of operationsOf(routes, site.basePath)) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(method, path, operation, site.basePath) }
  }
  return {
    openapi: '3.1.0',
    info: { title: `Sign-in at ${site.name}`, version: '1', description: ABOUT },
    servers: [{ url: site.publicOrigin }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-edgegate' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Problem: PROBLEM },
    },
  }
}

const ABOUT =
  'Errors are application/problem+json (RFC 9457); `code` is stable. Members that you do not know may come: ignore them.'

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { enum: Object.keys(ERRORS) },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
    login_url: { type: 'string' },
    request_id: { type: 'string' },
  },
}

const SECURITY: Readonly<Record<Needs, readonly object[]>> = {
  session: [{ session: [] }],
  fresh: [{ session: [] }],
  pending: [{ session: [] }, {}],
  admin: [{ session: [] }, { bearer: [] }],
  service: [{ bearer: [] }],
}

function describe(method: string, path: string, operation: Operation, basePath: string) {
  const { summary, needs, body, query = {}, answers } = operation
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }))
  return {
    operationId: nameOf(method, path.slice(basePath.length)),
    summary,
    ...(needs ? { security: SECURITY[needs] } : {}),
    ...(inPath.length + inQuery.length > 0 ? { parameters: [...inPath, ...inQuery] } : {}),
    ...(body ? { requestBody: requestBody(operation, body) } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          {
            description: summary,
            ...(schema ? { content: { 'application/json': { schema: jsonSchemaOf(schema()) } } } : {}),
          },
        ]),
      ),
      default: {
        description: 'What is no success.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function requestBody({ isFormToo, isBodyOptional }: Operation, body: NonNullable<Operation['body']>) {
  const schema = jsonSchemaOf(body())
  return {
    required: isBodyOptional !== true,
    content: {
      'application/json': { schema },
      ...(isFormToo ? { 'application/x-www-form-urlencoded': { schema } } : {}),
    },
  }
}

/** `POST /api/token/revoke` is `postTokenRevoke`. */
function nameOf(method: string, path: string): string {
  const words = path.replace(/^\/api\//, '').split(/[^A-Za-z0-9]+/)
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
