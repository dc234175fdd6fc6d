import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import type { User } from '../user/user.ts'
import { type Entered, type Proof, signIn } from './sign-in.ts'

/** The account is there; signing in to it failed. */
export interface Made {
  readonly kind: 'made'
  readonly user: User
}

/**
 * Signs in who has just made an account. The account is there and what it was made with is used up: a fault from here on must not look as
 * if neither had happened.
 */
export async function signInNew(services: Services, visit: Visit, proof: Proof): Promise<Entered | Made> {
  try {
    return await signIn(services, visit, proof)
  } catch (fault) {
    const { requestId } = visit
    services.log({ level: 'error', event: 'register.sign_in_failed', requestId, error: String(fault) })
    return { kind: 'made', user: proof.user }
  }
}
