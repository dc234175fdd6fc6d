import type { PastEvent } from '../audit/audit.ts'
import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import type { TextKey } from '../ui/text/text.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface HistoryPageProps {
  readonly frame: AccountFrame
  /** Unix milliseconds. */
  readonly now: number
  readonly events: readonly PastEvent[]
}

/** What an owner should recognise, or be startled by. */
const EVENTS: Readonly<Partial<Record<PastEvent['event'], TextKey>>> = {
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
  'user.added': 'eventAdded',
  'user.registered': 'eventAdded',
  'user.disabled': 'eventDisabled',
  'user.enabled': 'eventEnabled',
  'user.roles_changed': 'eventRoles',
  'user.password_changed': 'eventPassword',
  'user.profile_changed': 'eventProfile',
}

export function renderHistoryPage({ frame, now, events }: HistoryPageProps): string {
  const { texts } = frame
  const shown = events.flatMap(({ event, at, network, detail }) => {
    const key = EVENTS[event]
    const client = typeof detail.client === 'string' ? detail.client : null
    return key ? [{ text: texts[key], at, about: [client, network].filter((part) => part !== null) }] : []
  })
  return accountDocument(frame, {
    section: '/account/history',
    children: (
      <>
        <p class="muted">{texts.accountHistoryHint}</p>
        <ul class="rows">
          {shown.map(({ text, at, about }) => (
            <li>
              <div>
                <span class="strong">{text}</span>
                <span class="hint">
                  <time datetime={new Date(at).toISOString()}>
                    {describeAgo(at, now, texts.lang, texts.justNow)}
                  </time>
                  {about.map((part) => (
                    <>
                      {' · '}
                      <bdi>{visibleText(part)}</bdi>
                    </>
                  ))}
                </span>
              </div>
            </li>
          ))}
        </ul>
      </>
    ),
  })
}
