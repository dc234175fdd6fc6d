import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import { describePlace } from '../ui/text/place.ts'
import { fill, type TextKey, type Texts } from '../ui/text/text.ts'
import { visibleText } from '../ui/visible-text.ts'
import type { ListedSession } from './sessions.ts'

export interface SessionsPageProps {
  readonly frame: AccountFrame
  /** Unix milliseconds, as all instants here. */
  readonly now: number
  /** `gone`: what was to be ended is not there. */
  readonly done: 'ended' | 'others' | 'gone' | null
  readonly sessions: readonly ListedSession[]
  /** Whether there is more than one site to be signed in to. */
  readonly showsSites: boolean
}

const DONE = {
  ended: 'accountDoneEnded',
  others: 'accountDoneOthers',
  gone: 'accountDoneGone',
} as const satisfies Record<NonNullable<SessionsPageProps['done']>, TextKey>

export function renderSessionsPage(props: SessionsPageProps): string {
  const { frame, done } = props
  const { texts } = frame
  return accountDocument(frame, {
    section: '/account/sessions',
    children: (
      <>
        {done !== null && (
          <Notice tone={done === 'gone' ? 'note' : 'good'}>
            <p>{texts[DONE[done]]}</p>
          </Notice>
        )}
        <p class="muted">{texts.accountSessionsHint}</p>
        <ul class="rows">
          {props.sessions.map((session) => (
            <SessionRow texts={texts} now={props.now} session={session} showsSite={props.showsSites} />
          ))}
        </ul>
        <form method="post" class="narrow">
          <input type="hidden" name="action" value="end_others" />
          <button class="button quiet" type="submit">
            {texts.accountEndOthers}
          </button>
        </form>
      </>
    ),
  })
}

function SessionRow({
  texts,
  now,
  session,
  showsSite,
}: {
  readonly texts: Texts
  readonly now: number
  readonly session: ListedSession
  readonly showsSite: boolean
}) {
  const facts = [
    session.place === null ? null : describePlace(session.place, texts.lang),
    session.network,
    showsSite ? session.site : null,
    describeMethods(session.methods, texts),
  ].filter((fact): fact is string => fact !== null && fact !== '')
  const ago = (at: number) => describeAgo(at, now, texts.lang, texts.justNow)
  return (
    <li>
      <div>
        <bdi class="strong">{visibleText(session.client)}</bdi>
        {session.current && <span class="tag">{texts.accountThisSession}</span>}
        <span class="hint">
          {facts.map((fact, index) => (
            <>
              {index > 0 && ' · '}
              <bdi>{visibleText(fact)}</bdi>
            </>
          ))}
        </span>
        <span class="hint">
          {fill(texts.accountSeen, { seen: ago(session.seenAt), started: ago(session.startedAt) })}
        </span>
        {session.state === 'remembered' && <span class="hint">{texts.accountNotOpen}</span>}
        {session.state === 'open' && session.remembered && (
          <span class="hint">{texts.accountRemembered}</span>
        )}
      </div>
      {!session.current && (
        <form method="post">
          <input type="hidden" name="action" value="end" />
          <input type="hidden" name="session" value={session.id} />
          <button class="button quiet small-button" type="submit" aria-label={endLabel(texts, session)}>
            {texts.logoutSubmit}
          </button>
        </form>
      )}
    </li>
  )
}

/** RFC 8176 names; `mfa` only says that there were two. */
const METHODS: Readonly<Record<string, TextKey>> = {
  pwd: 'methodPassword',
  otp: 'methodCode',
  hwk: 'methodPasskey',
  swk: 'methodPasskey',
  pop: 'methodPasskey',
  email: 'methodMail',
  link: 'methodMail',
}

function describeMethods(methods: readonly string[], texts: Texts): string {
  const known = methods.flatMap((method) => METHODS[method] ?? [])
  return [...new Set(known)].map((key) => texts[key]).join(' + ')
}

function endLabel(texts: Texts, { client }: ListedSession): string {
  return `${texts.logoutSubmit}: ${visibleText(client)}`
}
