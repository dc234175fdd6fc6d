import type { PathReading } from './path.ts'
import { type Choice, chooseRule, type RuleSet } from './rules.ts'

/** Whether a path is one of the gateway's own. */
export function isOwnPath(path: string, basePath: string): boolean {
  return path.startsWith(basePath) && (path.length === basePath.length || path[basePath.length] === '/')
}

/**
 * The rule that decides about a path, unless an origin might take it for one of ours (`/AUTH/login`, `/x/..%2fauth`). What lies there
 * is nobody's but the gateway's, so such a request goes nowhere.
 */
export function chooseForeignRule(
  set: RuleSet,
  reading: PathReading,
  request: { readonly method: string; readonly host: string; readonly basePath: string },
): Choice {
  return mayMeanOwnPath(reading, request.basePath)
    ? {
        kind: 'ambiguous',
        reason: `an origin might take it for ${request.basePath}, which is the gateway's own`,
      }
    : chooseRule(set, reading, request.method, request.host)
}

function mayMeanOwnPath(reading: PathReading, basePath: string): boolean {
  if (reading.kind === 'refused') return false
  const readings = reading.kind === 'plain' ? [reading.path] : [reading.path, ...reading.others]
  return readings.some((path) => isOwnPath(path.toLowerCase(), basePath))
}
