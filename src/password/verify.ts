import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { User } from '../user/user.ts'

export type PasswordCheck =
  | { readonly kind: 'right'; readonly user: User }
  | { readonly kind: 'wrong'; readonly reason: 'unknown' | 'password' | 'disabled' }

/** One hash, whoever asks: an unknown account costs a dummy one (P17). A hash of old parameters is renewed after the answer. */
export async function verifyPassword(
  services: Services,
  visit: Visit,
  user: User | null,
  password: string,
): Promise<PasswordCheck> {
  const hasher = await services.hasher()
  if (!user?.passwordHash) {
    await hasher.verifyDummy(password)
    return { kind: 'wrong', reason: 'unknown' }
  }
  const { ok, rehash } = await hasher.verify(password, user.passwordHash)
  if (!ok) return { kind: 'wrong', reason: 'password' }
  if (user.disabledAt !== null) return { kind: 'wrong', reason: 'disabled' }
  if (rehash) visit.later(renewHash(services, user.id, user.passwordHash, password))
  return { kind: 'right', user }
}

async function renewHash(services: Services, userId: string, from: string, password: string): Promise<void> {
  const to = await (await services.hasher()).hash(password)
  await services.users.renewPasswordHash(userId, from, to).run()
}
