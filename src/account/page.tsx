import type { Child } from 'hono/jsx'
import type { PastEvent } from '../audit/audit.ts'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import { fill, type TextKey, type Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'
import type { ProfileProblem } from './profile.ts'
import type { ListedSession } from './sessions.ts'

export interface AccountPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly basePath: string
  /** Unix milliseconds, as all instants here. */
  readonly now: number
  readonly label: string
  readonly email: string | null
  /** What the form of names shows: what is stored, or what was typed and refused. */
  readonly typed: { readonly name: string; readonly username: string }
  readonly done: 'ended' | 'others' | 'profile' | 'password' | null
  readonly problem: ProfileProblem | null
  readonly sessions: readonly ListedSession[]
  readonly events: readonly PastEvent[]
}

const DONE = {
  ended: 'accountDoneEnded',
  others: 'accountDoneOthers',
  profile: 'accountDoneProfile',
  password: 'accountDonePassword',
} as const satisfies Record<NonNullable<AccountPageProps['done']>, TextKey>

/** Everything a person does with an account, each part a form of its own that says what it does in `action`. */
export function renderAccountPage(props: AccountPageProps): string {
  const { texts, theme, basePath, done, problem } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.accountTitle} failed={problem !== null}>
      <h1>{texts.accountTitle}</h1>
      {done !== null && (
        <Notice tone="good">
          <p>{texts[DONE[done]]}</p>
        </Notice>
      )}
      {problem !== null && (
        <Notice tone="bad">
          <p>{texts.problemFields}</p>
        </Notice>
      )}
      <p class="who">
        <span class="label">{texts.signedInAs}</span> <bdi>{visibleText(props.email ?? props.label)}</bdi>
      </p>
      <Profile {...props} />
      <Section title={texts.passwordLabel}>
        <SafeLink href={`${basePath}/account/password`} class="button quiet">
          {texts.accountChangePassword}
        </SafeLink>
      </Section>
      <Sessions {...props} />
      <History {...props} />
      <ul class="links">
        <li>
          <SafeLink href={`${basePath}/account/data`}>{texts.accountDownload}</SafeLink>
        </li>
        <li>
          <SafeLink href={`${basePath}/logout`}>{texts.logoutTitle}</SafeLink>
        </li>
        <li>
          <SafeLink href="/">{texts.goHome}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}

function Section({ title, children }: { readonly title: string; readonly children: Child }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Profile({ texts, typed, problem }: AccountPageProps) {
  return (
    <Section title={texts.accountProfile}>
      <form method="post">
        <input type="hidden" name="action" value="profile" />
        <TextField
          name="name"
          label={texts.accountName}
          value={typed.name}
          autocomplete="name"
          error={problem?.field === 'name' ? texts.accountNameInvalid : null}
        />
        <TextField
          name="username"
          label={texts.accountUsername}
          value={typed.username}
          autocomplete="username"
          error={
            problem?.field !== 'username'
              ? null
              : problem.code === 'taken'
                ? texts.accountUsernameTaken
                : texts.accountUsernameInvalid
          }
        />
        <button class="button quiet" type="submit">
          {texts.accountSave}
        </button>
      </form>
    </Section>
  )
}

function Sessions({ texts, now, sessions }: AccountPageProps) {
  const ago = (at: number) => describeAgo(at, now, texts.lang, texts.justNow)
  return (
    <Section title={texts.accountSessions}>
      <ul class="rows">
        {sessions.map((session) => (
          <li>
            <div>
              <bdi class="strong">{visibleText(session.client)}</bdi>
              {session.current && <span class="tag">{texts.accountThisSession}</span>}
              <span class="hint">
                <bdi>{visibleText(session.network)}</bdi> · <bdi>{visibleText(session.site)}</bdi>
              </span>
              <span class="hint">
                {fill(texts.accountSeen, { seen: ago(session.seenAt), started: ago(session.startedAt) })}
              </span>
              {session.remembered && <span class="hint">{texts.accountRemembered}</span>}
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
        ))}
      </ul>
      <form method="post">
        <input type="hidden" name="action" value="end_others" />
        <button class="button quiet" type="submit">
          {texts.accountEndOthers}
        </button>
      </form>
    </Section>
  )
}

function endLabel(texts: Texts, { client }: ListedSession): string {
  return `${texts.logoutSubmit}: ${visibleText(client)}`
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
  'user.added': 'eventAdded',
  'user.registered': 'eventAdded',
  'user.disabled': 'eventDisabled',
  'user.enabled': 'eventEnabled',
  'user.roles_changed': 'eventRoles',
  'user.password_changed': 'eventPassword',
  'user.profile_changed': 'eventProfile',
}

function History({ texts, now, events }: AccountPageProps) {
  const shown = events.flatMap(({ event, at, network, detail }) => {
    const key = EVENTS[event]
    const client = typeof detail.client === 'string' ? detail.client : null
    return key ? [{ text: texts[key], at, about: [client, network].filter((part) => part !== null) }] : []
  })
  if (shown.length === 0) return null
  return (
    <Section title={texts.accountHistory}>
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
    </Section>
  )
}
