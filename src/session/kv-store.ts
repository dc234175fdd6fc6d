import type { SessionOwner, SessionStore, StoredSession } from './store.ts'

/** The shortest that KV allows (docs/storage.md): how long one location may go on seeing an older record. */
const CACHE_SECONDS = 30
/** KV refuses to forget anything sooner. The record's own expiry is checked in code. */
const MIN_TTL_SECONDS = 60
const RETRY_MS = 1100

/**
 * Sessions in KV. Two keys a session: `session/<hash>` is the record, `of/<subject>/<session>` points to it for listing.
 * The pointer is keyed by the session, not its token, so that a new token replaces it.
 */
export function createKvStore(kv: KVNamespace, now: () => number): SessionStore {
  /** KV takes one write a second to the same key, and a hook that keeps data at sign-in is sooner. */
  async function put(key: string, value: string, expirationTtl: number): Promise<void> {
    try {
      await kv.put(key, value, { expirationTtl })
    } catch (error) {
      if (!String(error).includes('429')) throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      await kv.put(key, value, { expirationTtl })
    }
  }

  const pointer = (owner: SessionOwner) => `of/${owner.subjectId}/${owner.sessionId}`
  return {
    read: (tokenHash) => kv.get(`session/${tokenHash}`, { cacheTtl: CACHE_SECONDS }),

    async write(tokenHash, record, owner, expiresAt) {
      const expirationTtl = Math.max(MIN_TTL_SECONDS, Math.ceil((expiresAt - now()) / 1000))
      await Promise.all([
        put(`session/${tokenHash}`, record, expirationTtl),
        owner.listed ? put(pointer(owner), tokenHash, expirationTtl) : undefined,
      ])
    },

    async remove(tokenHash, owner) {
      await Promise.all([
        kv.delete(`session/${tokenHash}`),
        owner.listed ? kv.delete(pointer(owner)) : undefined,
      ])
    },

    async list(subjectId) {
      const found: StoredSession[] = []
      let cursor: string | null = null
      do {
        const page: KVNamespaceListResult<unknown, string> = await kv.list({
          prefix: `of/${subjectId}/`,
          cursor,
        })
        const read = async (name: string): Promise<readonly StoredSession[]> => {
          const tokenHash = await kv.get(name)
          const record = tokenHash && (await kv.get(`session/${tokenHash}`))
          return tokenHash && record ? [{ tokenHash, record }] : []
        }
        found.push(...(await Promise.all(page.keys.map(({ name }) => read(name)))).flat())
        cursor = page.list_complete ? null : page.cursor
      } while (cursor !== null)
      return found
    },
  }
}
