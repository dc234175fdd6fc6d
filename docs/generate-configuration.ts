import { CONFIG } from '../src/config/schema.ts'

interface Node {
  readonly type: string
  readonly entries?: Readonly<Record<string, Node>>
  readonly wrapped?: Node
  readonly item?: Node
  readonly options?: readonly (Node | string | number)[]
  readonly literal?: unknown
  readonly message?: unknown
  readonly default?: unknown
  readonly value?: Node
  readonly pipe?: readonly (Node & {
    readonly kind: string
    readonly description?: string
    readonly requirement?: unknown
  })[]
}

/** docs/configuration.md, from the schema that checks the configuration. */
export function configurationPage(): string {
  const sections: string[] = []
  const rows = optionRows('', CONFIG as unknown as Node, sections)
  return `# Configuration

Generated from the schemas in \`src/config\` by \`npm run docs\`; do not edit.

One typed file, \`edgegate.config.ts\`. It is checked when the Worker starts and by \`npx edgegate check\`; every problem is reported at
once and names its option. Durations carry a unit: \`'90s'\`, \`'15m'\`, \`'12h'\`, \`'30d'\`.

\`EDGEGATE_SECRET\` is the one secret: at least 32 random bytes, \`current,previous\` while it is being rotated
([deploy.md](deploy.md)). \`EDGEGATE_CHECK_SECRET\` is what other proxies prove themselves with ([forward-auth.md](forward-auth.md)).
\`EDGEGATE_DEV\`, \`EDGEGATE_ORIGIN\`, \`EDGEGATE_THROTTLE\` and \`EDGEGATE_TURNSTILE\` belong to \`edgegate dev\` and are refused
outside localhost.

${table(rows)}

${sections.join('\n\n')}
`
}

interface Row {
  readonly name: string
  readonly type: string
  readonly fallback: string
  readonly text: string
}

function optionRows(prefix: string, object: Node, sections: string[]): Row[] {
  const rows: Row[] = []
  for (const [key, node] of Object.entries(entriesOf(object))) {
    const name = prefix + key
    const inner = unwrap(node)
    rows.push({ name, type: typeText(inner), fallback: fallbackText(node), text: descriptionOf(node) })
    const below = objectsWithin(inner)
    for (const [index, child] of below.entries()) {
      if (prefix === '' && key === 'sites') continue
      const title = prefix === '' ? `## \`${name}\`` : `### \`${name}\``
      const heading = index === 0 ? `${title}\n\n` : ''
      const place = sections.push('') - 1
      const label = inner.type === 'array' ? `${name}[].` : `${name}.`
      sections[place] = `${heading}${table(optionRows(label, child, sections))}`
    }
  }
  return rows
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, type, fallback, text }) => `| \`${name}\` | ${type} | ${fallback} | ${text} |`,
  )
  return ['| option | takes | default | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

function entriesOf(node: Node): Readonly<Record<string, Node>> {
  return node.entries ?? {}
}

/** The objects that an option is made of: itself, its elements, or the alternatives of a union. */
function objectsWithin(node: Node): readonly Node[] {
  if (node.entries) return [node]
  if (node.item) return objectsWithin(unwrap(node.item))
  if (node.type === 'union') {
    return (node.options ?? []).flatMap((option) =>
      typeof option === 'object' ? objectsWithin(unwrap(option)) : [],
    )
  }
  return []
}

function unwrap(node: Node): Node {
  if (node.type === 'optional' && node.wrapped) return unwrap(node.wrapped)
  const first = node.pipe?.[0]
  return first && first !== node ? unwrap(first) : node
}

function descriptionOf(node: Node): string {
  const own = node.pipe?.find((step) => step.type === 'description')?.description
  if (own) return own
  if (node.wrapped) return descriptionOf(node.wrapped)
  const first = node.pipe?.[0]
  return first && first !== node ? descriptionOf(first) : ''
}

function fallbackText(node: Node): string {
  if (node.type !== 'optional') return 'required'
  if (node.default === undefined) return '–'
  return typeof node.default === 'object' && JSON.stringify(node.default) === '{}'
    ? '–'
    : `\`${JSON.stringify(node.default)}\``
}

function typeText(node: Node): string {
  switch (node.type) {
    case 'picklist':
      return (node.options ?? []).map((option) => `\`${JSON.stringify(option)}\``).join(', ')
    case 'literal':
      return `\`${JSON.stringify(node.literal)}\``
    case 'union':
      return (node.options ?? []).map((option) => typeText(unwrap(option as Node))).join(' or ')
    case 'array':
      return node.item ? `list of ${typeText(unwrap(node.item))}` : 'list'
    case 'strict_object':
      return `\`{ ${Object.keys(entriesOf(node)).join(', ')} }\``
    case 'record':
      return node.value ? `\`{ "Header": field }\`, field: ${typeText(unwrap(node.value))}` : 'object'
    case 'custom':
      return String(node.message).includes('duration') ? 'duration' : 'function'
    default:
      return { string: 'text', number: 'number', boolean: 'true or false' }[node.type] ?? node.type
  }
}
