import type { Visit } from '../http/visit.ts'
import { provePassword, type Unproven } from '../password/prove.ts'
import type { Services } from '../services.ts'
import { type Entered, signIn } from '../session/sign-in.ts'

export interface LoginForm {
  readonly identifier: string
  readonly password: string
  readonly remember: boolean
  /** Where a page goes on to. */
  readonly next: string | null
}

/**
 * Sign-in by password. Two round trips to D1: charge the attempt and read the user; then, when all is right, refund it and
 * write down the session.
 */
export async function login(services: Services, visit: Visit, form: LoginForm): Promise<Entered | Unproven> {
  const { remember, next } = form
  return await provePassword<Entered | Unproven>(services, visit, form, (user, attempt) =>
    signIn(services, visit, { user, methods: ['pwd'], attempt, remember, next, along: [] }),
  )
}
