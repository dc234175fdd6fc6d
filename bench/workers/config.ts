import { defineConfig } from '../../src/config/define.ts'
import type { Config } from '../../src/config/schema.ts'

type Rules = NonNullable<Config['rules']>

/** What every gateway of the bench protects. `more` rules come first, so that all of them lie in a request's way. */
export function benchConfig(more: Rules = []): Config {
  // The tokens live longer than any run.
  return defineConfig({ ...siteOf('bench.example', more), tokens: { access: '1h' } })
}

/** The bench's site and others beside it. */
export function manySites(count: number): Config {
  return defineConfig({
    sites: Array.from({ length: count }, (_, index) =>
      siteOf(index === 0 ? 'bench.example' : `site-${index}.example`),
    ),
  })
}

function siteOf(host: string, more: Rules = []) {
  const rules: Rules = [
    ...more,
    { path: '/public/**', access: 'public' },
    { path: '/open/**', access: 'optional' },
  ]
  return { site: { name: 'Bench', url: `https://${host}` }, origin: { url: `https://origin.${host}` }, rules }
}

/** Rules of the kinds that people write: plain trees, a wildcard in the middle, single files, by method and by role. */
export function manyRules(count: number): Rules {
  return Array.from({ length: count }, (_, index) => {
    const path = [
      `/department-${index}/**`,
      `/projects/*/reports-${index}/**`,
      `/files/report-${index}.pdf`,
      `/api/v1/resource-${index}/*`,
    ][index % 4]
    return { path: path ?? '/', access: { roles: [`role-${index % 20}`] } }
  })
}
