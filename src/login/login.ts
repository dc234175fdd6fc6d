import type { Visit } from '../http/visit.ts'
import { provePassword, type Unproven } from '../password/prove.ts'
import type { Services } from '../services.ts'
import type { LiveSession } from '../session/known.ts'
import { signIn } from '../session/sign-in.ts'
import { identityOf } from '../user/user.ts'

export interface LoginForm {
  readonly identifier: string
  readonly password: string
  readonly remember: boolean
}

export type LoginResult = { readonly kind: 'ok'; readonly session: LiveSession } | Unproven

/**
 * Sign-in by password. Two round trips to D1: charge the attempt and read the user; then, when all is right, refund it and
 * write down the session.
 */
export async function login(services: Services, visit: Visit, form: LoginForm): Promise<LoginResult> {
  return await provePassword<LoginResult>(services, visit, form, async (user, refund) => {
    const session = await signIn(services, visit, identityOf(user), {
      methods: ['pwd'],
      remember: form.remember,
      position: user.position,
      along: refund,
    })
    return { kind: 'ok', session }
  })
}
