import { createNodeArgon2id } from '../../../src/password/argon2-node.ts'
import { createPasswordHasher } from '../../../src/password/hash.ts'
import { createUsers } from '../../../src/user/users.ts'

export interface TestUser {
  readonly id: string
  readonly email: string
  readonly username?: string
  readonly name?: string
  readonly roles: readonly string[]
  readonly password: string
}

/** Signed in, and nothing more. */
export const ALICE: TestUser = {
  id: 'user_alice',
  email: 'alice@example.com',
  username: 'alice',
  name: 'Alice Liddell',
  roles: ['staff'],
  password: 'a rabbit with a waistcoat',
}

/** May open what asks for the role `admin`. */
export const ADMIN: TestUser = {
  id: 'user_admin',
  email: 'queen@example.com',
  name: 'The Queen',
  roles: ['admin', 'staff'],
  password: 'croquet with flamingos',
}

/** Writes accounts the way the operator's command does: hashed without the Worker's pepper. */
export async function insertUsers(d1: D1Database, said: readonly TestUser[]): Promise<void> {
  const users = createUsers(d1)
  const hasher = createPasswordHasher({ argon2: createNodeArgon2id(), peppers: [] })
  for (const { id, email, username, name, roles, password } of said) {
    const inserted = await users.insert({
      id,
      kind: 'user',
      email,
      emailVerified: true,
      username: username ?? null,
      name: name ?? null,
      roles,
      passwordHash: await hasher.hash(password),
      passwordChangedAt: 0,
      disabledAt: null,
      disabledReason: null,
      createdAt: 0,
    })
    if (!inserted) throw new Error(`there is already somebody called ${email}`)
  }
}
