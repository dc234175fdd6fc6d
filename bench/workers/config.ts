import { defineConfig } from '../../src/config/define.ts'
import type { Config } from '../../src/config/schema.ts'

type Rules = NonNullable<Config['rules']>

/** What every gateway of the bench protects. `more` rules come first, so that all of them lie in a request's way. */
export function benchConfig(more: Rules = []): Config {
  return defineConfig({
    site: { name: 'Bench', url: 'https://bench.example' },
    origin: { url: 'https://origin.bench.example' },
    // Longer than any run.
    tokens: { access: '1h' },
    rules: [...more, { path: '/public/**', access: 'public' }, { path: '/open/**', access: 'optional' }],
  })
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
