import type { AuditEventName, PastEvent } from '../audit/audit.ts'
import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import { describeMoment } from '../ui/text/moment.ts'
import { describePlace } from '../ui/text/place.ts'
import type { TextKey, Texts } from '../ui/text/text.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface HistoryPageProps {
  readonly frame: AccountFrame
  /** Unix milliseconds. */
  readonly now: number
  /** Of the place that asks; `null`: UTC. */
  readonly timeZone: string | null
  readonly events: readonly PastEvent[]
  readonly isNewest: boolean
  readonly olderHref: string | null
}

/** What an owner should recognise, or be startled by. */
const EVENTS: Readonly<Partial<Record<AuditEventName, TextKey>>> = {
  'session.started': 'eventSignedIn',
  'session.restored': 'eventRestored',
  'session.ended': 'eventSignedOut',
  'login.failed': 'eventWrongPassword',
  'reauth.succeeded': 'eventConfirmed',
  'reauth.failed': 'eventWrongPassword',
  'remember.theft_detected': 'eventTheft',
  'token.issued': 'eventProgram',
  'token.revoked': 'eventProgramEnded',
  'token.theft_detected': 'eventTokenTheft',
  'key.made': 'eventKeyMade',
  'key.revoked': 'eventKeyRevoked',
  'handoff.approved': 'eventHandoffApproved',
  'handoff.refused': 'eventHandoffRefused',
  'mfa.proved': 'eventSecondFactor',
  'mfa.failed': 'eventWrongCode',
  'factor.added': 'eventFactorAdded',
  'factor.removed': 'eventFactorRemoved',
  'factor.reset': 'eventFactorRemoved',
  'recovery_codes.made': 'eventRecoveryMade',
  'recovery_codes.used': 'eventRecoveryUsed',
  'user.added': 'eventAdded',
  'user.registered': 'eventAdded',
  'user.disabled': 'eventDisabled',
  'user.enabled': 'eventEnabled',
  'user.roles_changed': 'eventRoles',
  'user.password_changed': 'eventPassword',
  'user.email_verified': 'eventEmailVerified',
  'user.email_change_asked': 'eventEmailAsked',
  'user.email_changed': 'eventEmailChanged',
  'user.deletion_asked': 'eventDeletionAsked',
  'user.deletion_cancelled': 'eventDeletionCancelled',
  'link.asked': 'eventLinkAsked',
  'link.approved': 'eventLinkApproved',
  'link.refused': 'eventLinkRefused',
  'user.profile_changed': 'eventProfile',
  'user.reset_asked': 'eventResetAsked',
}

export const SHOWN_EVENTS = Object.keys(EVENTS) as readonly AuditEventName[]

export function renderHistoryPage(props: HistoryPageProps): string {
  const { frame, events, olderHref } = props
  const { texts, basePath } = frame
  return accountDocument(frame, {
    section: '/account/history',
    children: (
      <>
        <p class="muted">{texts.accountHistoryHint}</p>
        {events.length === 0 && <p>{texts.accountHistoryNone}</p>}
        <ol class="rows">
          {events.map((event) => (
            <EventRow {...props} event={event} texts={texts} />
          ))}
        </ol>
        {(!props.isNewest || olderHref !== null) && (
          <ul class="links">
            {!props.isNewest && (
              <li>
                <SafeLink href={`${basePath}/account/history`}>{texts.accountHistoryNewest}</SafeLink>
              </li>
            )}
            {olderHref !== null && (
              <li>
                <SafeLink href={olderHref}>{texts.accountHistoryOlder}</SafeLink>
              </li>
            )}
          </ul>
        )}
      </>
    ),
  })
}

function EventRow({
  event: { event, at, network, detail },
  texts,
  now,
  timeZone,
}: HistoryPageProps & { readonly event: PastEvent; readonly texts: Texts }) {
  const client = typeof detail.client === 'string' ? detail.client : null
  const place = typeof detail.place === 'string' ? describePlace(detail.place, texts.lang) : null
  const about = [client, place, network].filter((part) => part !== null)
  const key = EVENTS[event]
  return (
    <li>
      <div>
        <span class="strong">{key ? texts[key] : event}</span>
        <span class="hint">
          <time datetime={new Date(at).toISOString()}>{describeMoment(at, texts.lang, timeZone)}</time>
          {' · '}
          {describeAgo(at, now, texts.lang, texts.justNow)}
        </span>
        {about.length > 0 && (
          <span class="hint">
            {about.map((part, index) => (
              <>
                {index > 0 && ' · '}
                <bdi>{visibleText(part)}</bdi>
              </>
            ))}
          </span>
        )}
      </div>
    </li>
  )
}
