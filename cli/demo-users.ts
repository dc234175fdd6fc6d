import { createNodeArgon2id } from '../src/password/argon2-node.ts'
import { createPasswordHasher } from '../src/password/hash.ts'
import { createUsers } from '../src/user/users.ts'
import { newUser } from './new-user.ts'
import type { Bindings } from './storage.ts'

export const DEMO_PASSWORD = 'correct gate opens quietly'
export const DEMO_USERS = [
  { email: 'ada@example.com', username: 'ada', name: 'Ada Lovelace', roles: [] },
  { email: 'grace@example.com', username: 'grace', name: 'Grace Hopper', roles: ['admin'] },
] as const

/** Adds the demo accounts where they are missing. */
export async function addDemoUsers({ DB }: Pick<Bindings, 'DB'>): Promise<void> {
  const users = createUsers(DB)
  for (const said of DEMO_USERS) {
    if (await users.findByIdentifier(said.email)) continue
    const hash = await createPasswordHasher({ argon2: createNodeArgon2id(), peppers: [] }).hash(DEMO_PASSWORD)
    await users.insert(newUser(said, hash, Date.now()))
  }
}
