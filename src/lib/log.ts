/** Writes one line of JSON to the Worker's log. Callers never put a password, token, cookie or secret into it. */
export type Log = (line: {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly [key: string]: unknown
}) => void

export const consoleLog: Log = (line) => console[line.level](JSON.stringify(line))
