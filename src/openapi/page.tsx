import type { Operation } from '../http/describe.ts'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import type { TextKey, Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'
import type { DescribedOperation } from './document.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'

export interface ApiPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly basePath: string
  readonly operations: readonly DescribedOperation[]
}

/** The API on one page. Summaries are in English, like the codes and names that they speak of. */
export function renderApiPage({ texts, theme, basePath, operations }: ApiPageProps): string {
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.apiTitle}>
      <h1>{texts.apiTitle}</h1>
      <p class="muted">{texts.apiHint}</p>
      <p>
        <SafeLink href={`${basePath}/api/openapi.json`}>openapi.json</SafeLink>
      </p>
      <ul class="rows" lang="en">
        {operations.map(({ method, path, operation }) => (
          <li>
            <div>
              <code>
                {method} {path}
              </code>
              <span class="hint">
                {operation.summary}
                {operation.needs && ` · ${texts[NEEDS[operation.needs]]}`}
              </span>
              <Members operation={operation} />
            </div>
          </li>
        ))}
      </ul>
    </Layout>,
  )
}

const NEEDS: Readonly<Record<NonNullable<Operation['needs']>, TextKey>> = {
  session: 'apiNeedsSession',
  fresh: 'apiNeedsFresh',
  pending: 'apiNeedsPending',
  admin: 'apiNeedsAdmin',
  service: 'apiNeedsService',
}

/** What is sent, by name; a question mark stands behind what may be left out. */
function Members({ operation: { body, query } }: { operation: Operation }) {
  const names = [
    ...(body ? membersOf(jsonSchemaOf(body())) : []),
    ...Object.keys(query ?? {}).map((name) => `?${name}`),
  ]
  return names.length === 0 ? null : (
    <span class="hint">
      <code>{names.join(' ')}</code>
    </span>
  )
}

function membersOf(schema: JsonSchema): readonly string[] {
  const choices = schema.anyOf as readonly JsonSchema[] | undefined
  if (choices) return [...new Set(choices.flatMap(membersOf))]
  const required = (schema.required ?? []) as readonly string[]
  return Object.keys((schema.properties ?? {}) as object).map((name) =>
    required.includes(name) ? name : `${name}?`,
  )
}
