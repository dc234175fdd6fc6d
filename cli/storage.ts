import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { getPlatformProxy } from 'wrangler'
import { createAudit } from '../src/audit/audit.ts'
import type { SessionSettings } from '../src/config/settings.ts'
import { createFactors } from '../src/factor/factors.ts'
import { createAnnounce } from '../src/revocation/announce.ts'
import { createFeed } from '../src/revocation/feed.ts'
import { createRevocations } from '../src/revocation/revocations.ts'
import { createD1Store } from '../src/session/d1-store.ts'
import { createKvStore } from '../src/session/kv-store.ts'
import { createRemember } from '../src/session/remember.ts'
import { createSessions } from '../src/session/sessions.ts'
import { createApiKeys } from '../src/token/api-keys.ts'
import { createInvitations } from '../src/user/invitations.ts'
import { createUsers } from '../src/user/users.ts'
import { Failure } from './failure.ts'
import { applyMigrations } from './migrations.ts'
import { ROOT } from './project.ts'

/** The data a command works on: a folder of the development server, or the deployed database. */
export type Place = { readonly kind: 'local'; readonly state: string } | { readonly kind: 'remote' }

export interface Bindings {
  readonly DB: D1Database
  readonly SESSIONS: KVNamespace
}

/** Opens KV and D1 (local data is migrated first), runs the work, and closes them again whatever happens. */
export async function withBindings<T>(
  place: Place,
  work: (bindings: Bindings) => Promise<T>,
  { migrate = true }: { readonly migrate?: boolean } = {},
): Promise<T> {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
  process.env.WRANGLER_SEND_METRICS = 'false'
  process.env.WRANGLER_HIDE_BANNER = 'true'
  process.env.WRANGLER_LOG = 'error'
  const proxy = await getPlatformProxy<{ DB: D1Database; SESSIONS: KVNamespace }>({
    configPath: place.kind === 'remote' ? remoteConfig() : path.join(ROOT, 'wrangler.toml'),
    persist: place.kind === 'local' ? { path: path.join(path.resolve(place.state), 'v3') } : false,
    remoteBindings: place.kind === 'remote',
    envFiles: [],
  }).catch((error: unknown) => {
    throw new Failure(
      `${place.kind === 'remote' ? 'The deployed database' : `The data in ${place.state}`} could not be opened: ${String(error)}`,
    )
  })
  try {
    if (place.kind === 'local' && migrate) await applyMigrations(proxy.env.DB)
    return await work(proxy.env)
  } finally {
    await proxy.dispose()
  }
}

/** wrangler.toml with both bindings marked `remote`, so that wrangler reaches the deployed ones with its own login. */
function remoteConfig(): string {
  const folder = path.join(ROOT, '.edgegate')
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, 'wrangler.remote.toml')
  const text = readFileSync(path.join(ROOT, 'wrangler.toml'), 'utf8')
    .replaceAll(/^(\[\[(?:kv_namespaces|d1_databases)\]\])$/gm, '$1\nremote = true')
    .replace('main = "src/index.ts"', 'main = "../src/index.ts"')
    .replace('migrations_dir = "migrations"', 'migrations_dir = "../migrations"')
  writeFileSync(file, text)
  return file
}

/** The entities of the gateway over opened bindings: the same code that the Worker runs. */
export function openEntities({ DB, SESSIONS }: Bindings, settings: SessionSettings) {
  const now = Date.now
  const log = () => {}
  const users = createUsers(DB)
  const audit = createAudit(DB, log, now)
  const revocations = createRevocations(DB)
  const store = settings.store === 'd1' ? createD1Store(DB, now) : createKvStore(SESSIONS, now)
  // One command serves nobody: it tells the feed and has no need to hear it.
  const feed = createFeed({ source: revocations, colo: null, boundMs: null, graceMs: 0, now, log })
  const announce = createAnnounce({ db: DB, revocations, feed, now })
  const sessions = createSessions({
    store,
    users,
    revocations,
    feed,
    announce,
    db: DB,
    audit,
    settings,
    now,
    log,
  })
  return {
    db: DB,
    users,
    invitations: createInvitations(DB),
    apiKeys: createApiKeys(DB, users),
    sessions,
    announce,
    factors: createFactors(DB),
    remember: createRemember(DB, settings.rememberSeconds, now),
    audit,
    now,
  }
}

export type Entities = ReturnType<typeof openEntities>
