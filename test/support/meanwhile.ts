import { env } from 'cloudflare:workers'

/**
 * D1 on which something else happens once, just before the first write of statements that one matching `mark` is prepared for: a race
 * between two requests, played in a fixed order. A `happens` that throws is a D1 that fails there.
 */
export function meanwhile(mark: RegExp, happens: () => Promise<void>): D1Database {
  let state: 'waiting' | 'armed' | 'over' = 'waiting'
  return {
    prepare(sql: string) {
      if (state === 'waiting' && mark.test(sql)) state = 'armed'
      return env.DB.prepare(sql)
    },
    async batch(statements: D1PreparedStatement[]) {
      if (state === 'armed') {
        state = 'over'
        await happens()
      }
      return await env.DB.batch(statements)
    },
  } as unknown as D1Database
}
