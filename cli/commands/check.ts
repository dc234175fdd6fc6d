import path from 'node:path'
import { resolveConfig } from '../../src/config/resolve.ts'
import { findHoles, readDeployment } from '../deployment.ts'
import type { Flags } from '../flags.ts'
import type { Output } from '../output.ts'
import { loadConfig, ROOT } from '../project.ts'

/** `edgegate check`: every problem at once. Ends with 1 when there is an error; warnings alone are fine. */
export async function runCheck(_words: readonly string[], flags: Flags, output: Output): Promise<number> {
  const resolved = resolveConfig(await loadConfig(flags.config))
  const deployment = readDeployment(path.join(ROOT, 'wrangler.toml'))
  const holes = resolved.ok ? findHoles(deployment, resolved.settings) : { errors: [], warnings: [] }
  const errors = [...(resolved.ok ? [] : resolved.problems), ...holes.errors]
  const warnings = [...(resolved.ok ? resolved.warnings : []), ...holes.warnings]
  output.value({ ok: errors.length === 0, errors, warnings }, () =>
    [
      ...errors.map(({ option, message }) => `error    ${option}: ${message}`),
      ...warnings.map(({ option, message }) => `warning  ${option}: ${message}`),
      errors.length === 0 ? `${flags.config} is in order.` : `${errors.length} to mend before deploying.`,
    ].join('\n'),
  )
  return errors.length === 0 ? 0 : 1
}
