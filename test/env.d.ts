declare namespace Cloudflare {
  interface Env {
    readonly SESSIONS: KVNamespace
    readonly DB: D1Database
    readonly RATE_LIMIT: RateLimit
    readonly EDGEGATE_SECRET: string
    readonly TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
  }
}
