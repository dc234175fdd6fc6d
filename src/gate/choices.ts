import { chooseForeignRule } from './own-path.ts'
import { readPath } from './path.ts'
import type { Choice, RuleSet } from './rules.ts'

/** Paths that are remembered. Visitors ask for the same ones over and over; a flood of invented ones only empties this. */
const MAX_REMEMBERED = 4096
const MAX_LENGTH = 256

/** Which rule decides about a request of one site. Worked out once for each method and path, however many rules there are. */
export function createChoices(
  ruleSet: RuleSet,
  { host, basePath }: { readonly host: string; readonly basePath: string },
): (method: string, path: string) => Choice {
  const remembered = new Map<string, Choice>()
  return (method, path) => {
    const key = `${method} ${path}`
    const known = remembered.get(key)
    if (known) return known
    const choice = chooseForeignRule(ruleSet, readPath(path), { method, host, basePath })
    if (key.length <= MAX_LENGTH) {
      if (remembered.size >= MAX_REMEMBERED) remembered.clear()
      remembered.set(key, choice)
    }
    return choice
  }
}
