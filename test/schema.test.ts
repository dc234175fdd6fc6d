import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import schema from '../schema.sql?raw'

/** Tables and indexes as the database itself writes them down, white space folded. */
async function written(): Promise<readonly string[]> {
  const { results } = await env.DB.prepare(
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'd1_%' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
  ).all<{ sql: string }>()
  return results.map(({ sql }) => fold(sql)).sort()
}

function fold(sql: string): string {
  return sql.replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' ').trim()
}

it('schema.sql is what the migrations lead to', async () => {
  const declared = fold(schema)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .sort()
  expect(await written()).toEqual(declared)
})

it('every table is STRICT and explained', () => {
  for (const [, comment, name, rest] of schema.matchAll(/(--[^\n]*\n)?CREATE TABLE (\w+) \(([\s\S]*?);/g)) {
    expect(comment, `comment above ${name}`).toBeTruthy()
    expect(rest, name).toMatch(/\) STRICT/)
  }
})
