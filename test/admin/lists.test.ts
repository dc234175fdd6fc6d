import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { auditLines } from '../../src/admin/audit-export.ts'
import { AUDIT_SQL, type AuditQuery, createAuditLog } from '../../src/audit/audit-log.ts'
import { readStatistics } from '../../src/audit/statistics.ts'
import { createDirectory, DIRECTORY_SQL, type DirectoryQuery } from '../../src/user/directory.ts'
import { createUsers } from '../../src/user/users.ts'
import { addUser, createWorld, NAVIGATION, signInAs } from '../support/world.ts'

const COUNT = 2000
const directory = createDirectory(env.DB)
const log = createAuditLog(env.DB)
const ALL: DirectoryQuery = { order: 'newest', prefix: '', state: 'any', role: null, after: null, limit: 300 }
const EVERYTHING: AuditQuery = { event: null, userId: null, from: 0, to: 8.64e15, after: null, limit: 300 }

beforeAll(async () => {
  const many = Array.from({ length: COUNT }, (_, index) => ({
    id: `user_many${index}`,
    kind: 'user' as const,
    email: `person${String(index).padStart(4, '0')}@site.example`,
    emailVerified: true,
    username: index % 2 ? `nick${index}` : null,
    name: ['Åsa', 'anna', 'Anton', 'Zoë'][index % 4] ?? '',
    roles: index % 100 ? [] : ['staff'],
    passwordHash: null,
    passwordChangedAt: null,
    disabledAt: index % 50 ? null : 1,
    disabledReason: null,
    // Several in the same millisecond.
    createdAt: 1000 + Math.floor(index / 7),
  }))
  await createUsers(env.DB).insertAll(many).run()
  await env.DB.prepare(
    `WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1500)
     INSERT INTO audit (at, event, user_id, network, detail)
     SELECT 86400000 * 20000 + (value % 500) * 1000, CASE value % 3 WHEN 0 THEN 'login.failed' ELSE 'session.started' END,
       'user_many' || (value % 10), '=1+1', '{"country":"DE","x":"a,\\"b"}' FROM n`,
  ).run()
})

async function everyPage(query: DirectoryQuery) {
  const ids: string[] = []
  let after: DirectoryQuery['after'] = null
  do {
    const page = await directory.find({ ...query, after })
    ids.push(...page.users.map(({ id }) => id))
    after = page.next
  } while (after)
  return ids
}

describe('the list of accounts', () => {
  it.each<[DirectoryQuery['order'], string, number]>([
    ['newest', '', COUNT],
    ['email', 'person', COUNT],
    ['email', 'person00', 100],
    ['username', 'nick1', 556],
    ['name', 'an', 1000],
    ['name', 'ANTON', 500],
    ['email', 'nobody', 0],
  ])('shows each once, by %s beginning with %j', async (order, prefix, count) => {
    const ids = await everyPage({ ...ALL, order, prefix })
    expect(ids).toHaveLength(count)
    expect(new Set(ids).size).toBe(count)
  })

  it('is narrowed by state and role', async () => {
    expect(await everyPage({ ...ALL, state: 'disabled' })).toHaveLength(40)
    expect(await everyPage({ ...ALL, state: 'active', role: 'staff' })).toHaveLength(0)
    expect(await everyPage({ ...ALL, order: 'email', prefix: 'person', role: 'staff' })).toHaveLength(20)
  })

  it('asks two statements in one round trip, and never looks at every account', async () => {
    const world = createWorld()
    await addUser({ email: 'counting@site.example', roles: ['admin'] })
    const cookies = await signInAs(world, 'counting@site.example')
    await world.fetch('/auth/admin/users', { cookies, headers: NAVIGATION })
    world.resetCounts()
    await world.fetch('/auth/admin/users?q=person&by=email', { cookies, headers: NAVIGATION })
    // Before it one for the session and one for the factors of who asks (P12, P8).
    expect(world.d1).toEqual({ statements: 4, trips: 3 })
    for (const [order, sql] of Object.entries(DIRECTORY_SQL)) {
      const range = order === 'newest' ? [] : ['a', 'b']
      expect(await planOf(sql, ['', '', 10, 'any', null, ...range]), order).toMatch(/SEARCH user USING INDEX/)
    }
  })
})

describe('the audit log', () => {
  it('is paged without gaps, whatever happened in the same millisecond', async () => {
    for (const [userId, event, count] of [
      ['user_many3', null, 150],
      ['user_many3', 'login.failed', 50],
      [null, 'login.failed', 500],
    ] as const) {
      const ids: number[] = []
      let after: AuditQuery['after'] = null
      do {
        const page = await log.find({ ...EVERYTHING, userId, event, after, limit: 64 })
        ids.push(...page.rows.map(({ id }) => id))
        after = page.next
      } while (after)
      expect(ids).toHaveLength(count)
      expect(new Set(ids).size).toBe(count)
    }
  })

  it('never looks at every row', async () => {
    for (const [which, sql] of Object.entries(AUDIT_SQL)) {
      const values = { all: [], event: ['x'], user: [null, 'u'], both: ['x', 'u'] }[which] ?? []
      expect(await planOf(sql, [1, 1, 0, 10, ...values]), which).toMatch(/SEARCH audit USING/)
    }
  })

  it('is exported whole, and no cell is a formula', async () => {
    const text = async (format: 'csv' | 'jsonl') =>
      await new Response(auditLines(log, { ...EVERYTHING, event: 'login.failed' }, format)).text()
    const csv = (await text('csv')).trimEnd().split('\r\n')
    expect(csv).toHaveLength(501)
    expect(csv[0]).toBe('at,event,site,userId,sessionId,network,requestId,detail')
    expect(csv[1]).toContain(",'=1+1,")
    expect(csv[1]).toContain('"{""country"":""DE"",""x"":""a,\\""b""}"')
    const lines = (await text('jsonl')).trimEnd().split('\n')
    expect(lines).toHaveLength(500)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'login.failed', network: '=1+1' })
  })

  it('is counted by day and country', async () => {
    const { days, countries } = await readStatistics(env.DB, 86_400_000 * 20_001, 3)
    expect(days.map(({ signIns, failures, people }) => [signIns, failures, people])).toEqual([
      [0, 0, 0],
      [1000, 500, 10],
      [0, 0, 0],
    ])
    expect(countries[0]).toEqual({ country: 'DE', count: 1000 })
  })
})

async function planOf(sql: string, values: readonly unknown[]): Promise<string> {
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>()
  return results.map(({ detail }) => detail).join('; ')
}
