import type { PathReading } from './path.ts'

/** Whether a path is one of the gateway's own. */
export function isOwnPath(path: string, basePath: string): boolean {
  return path.startsWith(basePath) && (path.length === basePath.length || path[basePath.length] === '/')
}

/**
 * Whether an origin might take a path that is not ours for one of ours (`/AUTH/login`, `/x/..%2fauth`). What lies there is nobody's
 * but the gateway's, so such a request goes nowhere.
 */
export function mayMeanOwnPath(reading: PathReading, basePath: string): boolean {
  if (reading.kind === 'refused') return false
  const readings = reading.kind === 'plain' ? [reading.path] : [reading.path, ...reading.others]
  return readings.some((path) => isOwnPath(path.toLowerCase(), basePath))
}
