import type * as v from 'valibot'

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** What of valibot's schemas is looked at. */
interface Part {
  readonly kind: string
  readonly type: string
  readonly [member: string]: unknown
}

/**
 * The JSON Schema of what a valibot schema takes. Checks that JSON Schema has no word for are left out: it then allows more than the gateway
 * does, never less. Throws for a kind of schema that it does not know, which a test would meet first.
 */
export function jsonSchemaOf(schema: v.GenericSchema): JsonSchema {
  return convert(schema as unknown as Part)
}

function convert(part: Part): JsonSchema {
  const pipe = part.pipe as readonly Part[] | undefined
  if (!pipe) return convertType(part)
  const [first, ...rest] = pipe
  // Behind a transformation there is what the gateway makes of it, which is not what is sent.
  const end = rest.findIndex(({ kind }) => kind === 'transformation')
  const actions = end < 0 ? rest : rest.slice(0, end)
  const base = first ? convertType(first) : {}
  return Object.assign({}, base, ...actions.map((action) => keywordOf(action, base)))
}

function convertType(part: Part): JsonSchema {
  const inner = () => convert(part.wrapped as Part)
  switch (part.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return { type: part.type }
    case 'literal':
      return { const: part.literal }
    case 'picklist':
      return { enum: part.options }
    case 'array':
      return { type: 'array', items: convert(part.item as Part) }
    case 'record':
      return { type: 'object', additionalProperties: convert(part.value as Part) }
    case 'object':
    case 'strict_object':
    case 'loose_object':
      return objectOf(part)
    case 'union':
    case 'variant':
      return { anyOf: (part.options as readonly Part[]).map(convert) }
    case 'nullable':
      return { anyOf: [inner(), { type: 'null' }] }
    case 'optional':
    case 'exact_optional':
      return typeof part.default === 'function' || part.default === undefined
        ? inner()
        : { ...inner(), default: part.default }
    case 'unknown':
    case 'any':
    case 'custom':
      return {}
    default:
      throw new TypeError(`no JSON Schema for valibot's ${part.type}`)
  }
}

function objectOf(part: Part): JsonSchema {
  const entries = Object.entries(part.entries as Readonly<Record<string, Part>>)
  const required = entries.filter(([, entry]) => !isOptional(entry)).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, entry]) => [name, convert(entry)])),
    ...(required.length > 0 ? { required } : {}),
    ...(part.type === 'strict_object' ? { additionalProperties: false } : {}),
  }
}

function isOptional(part: Part): boolean {
  const [first] = (part.pipe as readonly Part[] | undefined) ?? []
  return ((first && first !== part ? first : part).type ?? '').endsWith('optional')
}

function keywordOf({ type, requirement, description }: Part, { type: of }: JsonSchema): JsonSchema {
  const unit = of === 'array' ? 'Items' : 'Length'
  switch (type) {
    case 'description':
      return { description }
    case 'min_length':
      return { [`min${unit}`]: requirement }
    case 'non_empty':
      return { [`min${unit}`]: 1 }
    case 'max_length':
      return { [`max${unit}`]: requirement }
    case 'min_value':
      return { minimum: requirement }
    case 'max_value':
      return { maximum: requirement }
    case 'integer':
      return { type: 'integer' }
    case 'regex':
      return { pattern: (requirement as RegExp).source }
    default:
      return {}
  }
}
