import { MFA } from '../factor/policy.ts'
import { newRecoveryCodes } from '../factor/recovery-codes.ts'
import type { Visit } from '../http/visit.ts'
import { securityNotice, sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import { signIn } from '../session/sign-in.ts'
import { stepUp } from '../session/step-up.ts'
import type { Enroller } from './enroller.ts'

/** A factor that has just been proved. */
export interface Proved {
  readonly kind: 'totp' | 'passkey'
  readonly name: string
  readonly methods: readonly string[]
  readonly isWhole: boolean
  /** Stores it. */
  readonly statement: D1PreparedStatement
}

export type Enrolled =
  | {
      readonly kind: 'enrolled'
      /** Shown now and never again; `null` where the account had some. */
      readonly recoveryCodes: readonly string[] | null
      /** Where the sign-in that waited goes on to; `null` for who was signed in. */
      readonly next: string | null
    }
  /** The session, or the sign-in that waited, is over. */
  | { readonly kind: 'over' }

/** Gives an account its factor, with recovery codes if it has none, and counts the proof as a second factor shown. */
export async function enrol(
  services: Services,
  visit: Visit,
  enroller: Enroller,
  proved: Proved,
): Promise<Enrolled> {
  const { audit, recovery, pending } = services
  const { user } = enroller
  const recoveryCodes = user.factors.recoveryCodes === 0 ? newRecoveryCodes() : null
  const added = audit.statement({
    event: 'factor.added',
    site: visit.site.key,
    userId: user.id,
    sessionId: enroller.kind === 'session' ? enroller.visitor.session.record.id : null,
    network: visit.network(),
    requestId: visit.requestId,
    detail: { kind: proved.kind, name: proved.name },
  })
  const along = [
    proved.statement,
    added,
    ...(recoveryCodes === null ? [] : await recovery.replace(user.id, recoveryCodes)),
    ...(await securityNotice(services, visit, user, 'factor_added')),
  ]
  const methods = [...proved.methods, MFA]
  if (enroller.kind === 'session') {
    const next = await stepUp(
      services,
      visit,
      enroller.visitor.session,
      { methods, isWhole: proved.isWhole },
      along,
    )
    sendSoon(services, visit)
    return next ? { kind: 'enrolled', recoveryCodes, next: null } : { kind: 'over' }
  }
  const waited = enroller.pending
  if (!(await pending.finish(waited, { asFirstFactor: true }))) return { kind: 'over' }
  await signIn(services, visit, {
    user: { ...user, position: waited.position },
    methods: [...new Set([...waited.methods, ...methods])],
    attempt: null,
    remember: waited.remember,
    next: waited.next,
    ...(waited.provedElsewhereAt === null || proved.isWhole
      ? {}
      : { provedElsewhereAt: waited.provedElsewhereAt }),
    along,
  })
  sendSoon(services, visit)
  return { kind: 'enrolled', recoveryCodes, next: waited.next ?? '/' }
}
