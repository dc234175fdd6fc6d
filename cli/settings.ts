import { resolveConfig } from '../src/config/resolve.ts'
import type { Settings } from '../src/config/settings.ts'
import { Failure } from './failure.ts'
import { loadConfig } from './project.ts'

/** The checked configuration of a command, or a failure that lists every problem. */
export async function resolveSettings(flags: { readonly config: string }): Promise<Settings> {
  const resolved = resolveConfig(await loadConfig(flags.config))
  if (resolved.ok) return resolved.settings
  const list = resolved.problems.map(({ option, message }) => `  ${option}: ${message}`).join('\n')
  throw new Failure(`${flags.config} has problems:\n${list}`)
}
