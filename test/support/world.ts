import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createGateway } from '../../src/app.ts'
import type { Config } from '../../src/config/schema.ts'
import type { Identity } from '../../src/identity.ts'
import { randomText } from '../../src/lib/random.ts'
import { createWasmArgon2id } from '../../src/password/argon2-wasm.ts'
import { createPasswordHasher } from '../../src/password/hash.ts'
import type { Env } from '../../src/services.ts'
import { createUsers } from '../../src/user/users.ts'
import { misfitOf } from './described.ts'

export const SITE = 'https://app.example'
export const PASSWORD = 'tall purple window sings quietly'

/** An origin that answers with what it received. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

export interface World {
  /** Moves on by hand; milliseconds. */
  clock: { now: number }
  /** Requests that reached the origin. */
  readonly seen: Seen[]
  readonly logs: { event: string; [key: string]: unknown }[]
  readonly kv: { reads: number; writes: number; deletes: number; lists: number }
  readonly d1: { statements: number; trips: number }
  /** Round trips to the database that the visitor of the last request has waited for. */
  waitedTrips: number
  /** Answers of the origin, for tests that need a certain one. */
  respond: (request: Request) => Response | Promise<Response>
  /** A path of the site, or a whole address. */
  fetch(path: string, init?: RequestInit & { cookies?: Jar }): Promise<Response>
  resetCounts(): void
  /** Makes every call of this storage fail until it is mended. */
  /** `sql`: statements with this text fail, and with them the transaction that they are in. */
  broken: { kv: boolean; d1: boolean; mail: boolean; sql: string | null }
  /** Mails that left, with WITH_MAIL; the newest last. */
  readonly mails: SentMail[]
  /** Runs the job of a cron trigger: the daily one, or every few minutes. */
  scheduled(cron?: string): Promise<void>
}

/** What the e-mail binding was given. */
export interface SentMail {
  readonly from: { readonly name: string; readonly email: string }
  readonly to: string
  readonly replyTo?: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** The cookies of one browser. */
export class Jar {
  readonly cookies = new Map<string, string>()

  take(response: Response): this {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ')
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      if (value === '' || attributes.includes('Max-Age=0')) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return this
  }

  copy(): Jar {
    const jar = new Jar()
    for (const [name, value] of this.cookies) jar.cookies.set(name, value)
    return jar
  }

  toString(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

export const BASE_CONFIG = {
  site: { name: 'Example', url: SITE },
  origin: { service: 'ORIGIN' },
  rules: [
    { path: '/public/**', access: 'public' },
    { path: '/optional/**', access: 'optional' },
    { path: '/cart/**', access: 'guest' },
    { path: '/admin/**', access: { roles: ['admin'] } },
    { path: '/fresh/**', access: 'user', fresh: '15m' },
    { path: '/api/**', access: 'user', deny: 401 },
  ],
} as const satisfies Config

/** With mail: what is sent stands in `world.mails` once the answer is complete. */
export const WITH_MAIL = {
  ...BASE_CONFIG,
  mail: { from: 'no-reply@app.example', sender: { binding: 'EMAIL' } },
} as const satisfies Config

/** The first link of a mail, as a path of the site. */
export function linkIn({ text }: Pick<SentMail, 'text'>): string {
  const link = /^https?:\/\/\S+$/m.exec(text)?.[0]
  if (!link) throw new Error(`no link in: ${text}`)
  return link.replace(SITE, '')
}

/** What several isolates of one deployment have in common, or one sees in its own way. */
export interface Shared {
  readonly clock?: { now: number }
  readonly kv?: KVNamespace
  /** What isolates of one data centre share. */
  readonly caches?: Pick<CacheStorage, 'open'>
}

/** The whole gateway in workerd with the real KV and D1, counted; a clock moved by hand; an origin that records. */
export function createWorld(
  config: Config = BASE_CONFIG,
  variables: Partial<Env> = {},
  shared: Shared = {},
): World {
  const clock = shared.clock ?? { now: Date.UTC(2026, 10, 23, 12) }
  const logs: World['logs'] = []
  const seen: Seen[] = []
  const kv = { reads: 0, writes: 0, deletes: 0, lists: 0 }
  const d1 = { statements: 0, trips: 0 }
  const broken: World['broken'] = { kv: false, d1: false, mail: false, sql: null }
  const mails: SentMail[] = []
  const world: World = {
    clock,
    seen,
    logs,
    kv,
    d1,
    waitedTrips: 0,
    broken,
    mails,
    respond: () => new Response('page', { headers: { 'cache-control': 'private' } }),
    async fetch(path, init = {}) {
      const { cookies, ...rest } = init
      const headers = new Headers(init.headers)
      if (cookies && cookies.cookies.size > 0) headers.set('cookie', cookies.toString())
      const request = new Request(/^https?:/.test(path) ? path : SITE + path, {
        redirect: 'manual',
        ...rest,
        headers,
      })
      const ctx = createExecutionContext()
      const tripsBefore = d1.trips
      const response = await gateway.fetch?.(request as never, bindings as Env, ctx)
      world.waitedTrips = d1.trips - tripsBefore
      await waitOnExecutionContext(ctx)
      if (!response) throw new TypeError('no answer')
      const misfit = await misfitOf(request, response)
      if (misfit !== null) throw new Error(`not as described: ${misfit}`)
      return response
    },
    resetCounts() {
      Object.assign(kv, { reads: 0, writes: 0, deletes: 0, lists: 0 })
      Object.assign(d1, { statements: 0, trips: 0 })
    },
    async scheduled(cron = '17 3 * * *') {
      await gateway.scheduled?.({ cron } as ScheduledController, bindings as Env, createExecutionContext())
    },
  }
  const origin = {
    async fetch(url: string | Request, init?: RequestInit) {
      const request = new Request(url, init)
      seen.push({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: await request.clone().text(),
      })
      return await world.respond(request)
    },
  }
  const bindings = {
    SESSIONS: countKv(shared.kv ?? env.SESSIONS, kv, broken),
    DB: countD1(env.DB, d1, broken),
    EDGEGATE_SECRET: env.EDGEGATE_SECRET,
    ORIGIN: origin,
    EMAIL: {
      async send(mail: SentMail) {
        if (broken.mail) throw Object.assign(new Error('no'), { code: 'E_INTERNAL_SERVER_ERROR' })
        mails.push(mail)
        return { messageId: '1' }
      },
    },
    ...variables,
  }
  const gateway = createGateway(config, {
    now: () => clock.now,
    log: (line) => void logs.push(line),
    caches: shared.caches ?? null,
  })
  return world
}

function countKv(kv: KVNamespace, counts: World['kv'], broken: World['broken']): KVNamespace {
  const guard = <T>(key: keyof World['kv'], call: () => T): T | Promise<never> => {
    counts[key]++
    return broken.kv ? Promise.reject(new Error('KV is down')) : call()
  }
  return {
    get: (...args: unknown[]) => guard('reads', () => (kv.get as (...a: unknown[]) => unknown)(...args)),
    put: (...args: unknown[]) => guard('writes', () => (kv.put as (...a: unknown[]) => unknown)(...args)),
    delete: (...args: unknown[]) =>
      guard('deletes', () => (kv.delete as (...a: unknown[]) => unknown)(...args)),
    list: (...args: unknown[]) => guard('lists', () => (kv.list as (...a: unknown[]) => unknown)(...args)),
  } as unknown as KVNamespace
}

/** Counts what reaches the database: statements that run, and the round trips that carry them. */
function countD1(db: D1Database, counts: World['d1'], broken: World['broken']): D1Database {
  const senders = new WeakMap<object, () => D1PreparedStatement>()
  const guard = <T>(statements: number, call: () => Promise<T>): Promise<T> => {
    counts.statements += statements
    counts.trips++
    return broken.d1 ? Promise.reject(new Error('D1_ERROR: the database is down')) : call()
  }
  const wrap = (sql: string, statement: D1PreparedStatement): D1PreparedStatement => {
    // Fails in the database itself, so that a transaction is taken back as it would be.
    const sent = () =>
      broken.sql !== null && sql.includes(broken.sql)
        ? db.prepare('SELECT abs(-9223372036854775808)')
        : statement
    const wrapped = {
      bind: (...values: unknown[]) => wrap(sql, statement.bind(...values)),
      first: (...args: []) => guard(1, () => sent().first(...args)),
      all: () => guard(1, () => sent().all()),
      run: () => guard(1, () => sent().run()),
      raw: () => guard(1, () => sent().raw()),
    } as unknown as D1PreparedStatement
    senders.set(wrapped, sent)
    return wrapped
  }
  return {
    prepare: (sql: string) => wrap(sql, db.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) =>
      guard(statements.length, () =>
        db.batch(statements.map((statement) => senders.get(statement)?.() ?? statement)),
      ),
  } as unknown as D1Database
}

/** Adds an account with PASSWORD, hashed as the command line does. */
export async function addUser(said: Partial<Identity> & { email: string }): Promise<string> {
  const id = said.id ?? `user_${randomText(12)}`
  const hash = await createPasswordHasher({ argon2: createWasmArgon2id(), peppers: [] }).hash(PASSWORD)
  await createUsers(env.DB).insert({
    id,
    kind: 'user',
    email: said.email,
    emailVerified: said.emailVerified ?? true,
    username: said.username ?? null,
    name: said.name ?? null,
    roles: said.roles ?? [],
    passwordHash: hash,
    passwordChangedAt: 0,
    disabledAt: null,
    disabledReason: null,
    createdAt: 0,
  })
  return id
}

/** Signs in through the API and returns the browser's cookies. */
export async function signInAs(
  world: World,
  email: string,
  options: { remember?: boolean; cookies?: Jar; headers?: Record<string, string>; cf?: object } = {},
): Promise<Jar> {
  const jar = options.cookies ?? new Jar()
  const response = await world.fetch('/auth/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...options.headers },
    body: JSON.stringify({ identifier: email, password: PASSWORD, remember: options.remember ?? false }),
    cookies: jar,
    ...(options.cf ? { cf: options.cf } : {}),
  } as RequestInit)
  if (response.status !== 200)
    throw new Error(`sign-in answered ${response.status}: ${await response.text()}`)
  return jar.take(response)
}

/** Headers of a browser that navigates. */
export const NAVIGATION = {
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'same-origin',
  accept: 'text/html',
} as const
