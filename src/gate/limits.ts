import { readPath } from './path.ts'
import { DEFAULT_RULE } from './rule.ts'
import { compileRules } from './rules.ts'

/** What a credential was made for, if that is less than everything its owner may ask for. */
export interface Limits {
  allows(method: string, pathname: string): boolean
}

/**
 * Paths are patterns like those of rules and judged like them: whatever an origin might take the path for must be allowed, in exactly
 * this letter case. Undecoded readings count as well, for origins that compare paths as they are written.
 */
export function compileLimits(limits: {
  readonly paths: readonly string[] | null
  readonly methods: readonly string[] | null
}): Limits | null {
  const { paths, methods } = limits
  if (paths === null && methods === null) return null
  const rules = (paths ?? ['/**']).map((path) => ({ ...DEFAULT_RULE, path, methods }))
  const set = compileRules(rules, DEFAULT_RULE)
  const isNamed = (path: string, method: string) => set.match(path, method, '').index >= 0
  return {
    allows(method, pathname) {
      const reading = readPath(pathname)
      if (reading.kind === 'refused') return false
      const readings =
        reading.kind === 'plain' ? [reading.path] : [reading.path, ...reading.others, ...reading.undecoded]
      return readings.every((path) => isNamed(path, method))
    },
  }
}
