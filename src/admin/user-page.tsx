import type { AuditRow } from '../audit/audit-log.ts'
import { hasFactor } from '../factor/policy.ts'
import type { StoredRecord } from '../session/sessions.ts'
import type { AccountFrame } from '../ui/account-layout.tsx'
import { adminDocument } from '../ui/admin-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import { fill, type TextKey } from '../ui/text/text.ts'
import { visibleText } from '../ui/visible-text.ts'
import type { User } from '../user/user.ts'
import { AuditTable } from './audit-table.tsx'
import { dateOf, RoleTags, StateTag } from './users-page.tsx'

/** What was done, as the address after a redirect says it. */
export const USER_DONE = {
  roles: 'adminDoneRoles',
  disabled: 'adminDoneDisabled',
  enabled: 'adminDoneEnabled',
  ended: 'adminDoneEnded',
  factors: 'adminDoneFactors',
} as const satisfies Readonly<Record<string, TextKey>>

export type UserProblem = 'own_account' | 'roles_invalid' | 'not_confirmed'

const PROBLEMS = {
  own_account: 'adminOwnAccount',
  roles_invalid: 'adminRolesInvalid',
  not_confirmed: 'adminNotConfirmed',
} as const satisfies Record<UserProblem, TextKey>

export interface UserPageProps {
  readonly frame: AccountFrame
  /** Unix milliseconds. */
  readonly now: number
  readonly user: User
  /** Whether it is the administrator's own. */
  readonly isOwn: boolean
  readonly sessions: readonly StoredRecord[]
  readonly events: readonly AuditRow[]
  readonly done: keyof typeof USER_DONE | null
  readonly problem: UserProblem | null
}

export function renderUserPage(props: UserPageProps): string {
  const { frame, user, done, problem } = props
  const { texts, basePath } = frame
  return adminDocument(frame, {
    section: '/admin/users',
    title: visibleText(user.name ?? user.email ?? user.username ?? user.id),
    failed: problem !== null,
    children: (
      <>
        {done !== null && (
          <Notice tone="good">
            <p>{texts[USER_DONE[done]]}</p>
          </Notice>
        )}
        {problem !== null && (
          <Notice tone="bad">
            <p>{texts[PROBLEMS[problem]]}</p>
          </Notice>
        )}
        <Facts {...props} />
        <Roles {...props} />
        <Sessions {...props} />
        <section>
          <h2>{texts.accountHistory}</h2>
          <AuditTable frame={frame} rows={props.events} />
          <SafeLink href={`${basePath}/admin/audit?${new URLSearchParams({ user: user.id })}`}>
            {texts.adminAllEvents}
          </SafeLink>
        </section>
        {!props.isOwn && <Danger {...props} />}
      </>
    ),
  })
}

function Facts({ frame: { texts }, user }: UserPageProps) {
  const facts = [
    [texts.adminEmail, user.email],
    [texts.adminEmailProven, user.email === null ? null : user.emailVerified ? texts.yes : texts.no],
    [texts.accountUsername, user.username],
    [texts.adminCreated, dateOf(user.createdAt, texts.lang)],
    [
      texts.passwordLabel,
      user.passwordHash === null
        ? texts.adminNone
        : dateOf(user.passwordChangedAt ?? user.createdAt, texts.lang),
    ],
    [texts.adminReason, user.disabledReason],
    [texts.adminDeletion, user.deleteAt === null ? null : dateOf(user.deleteAt, texts.lang)],
    ['ID', user.id],
  ] as const
  return (
    <>
      <p>
        <StateTag texts={texts} user={user} /> <RoleTags roles={user.roles} />
      </p>
      <dl class="fields">
        {facts.map(([label, value]) =>
          value === null ? null : (
            <div>
              <dt>{label}</dt>
              <dd>
                <bdi>{visibleText(value)}</bdi>
              </dd>
            </div>
          ),
        )}
      </dl>
    </>
  )
}

function Roles({ frame: { texts }, user, isOwn }: UserPageProps) {
  return (
    <section>
      <h2>{texts.adminRoles}</h2>
      {isOwn ? (
        <p class="muted">{texts.adminOwnAccount}</p>
      ) : (
        <form method="post" class="inline">
          <input type="hidden" name="action" value="roles" />
          <div class="field">
            <label for="roles">{texts.adminRolesHint}</label>
            <input
              class="input"
              id="roles"
              name="roles"
              value={user.roles.join(' ')}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
            />
          </div>
          <button class="button quiet" type="submit">
            {texts.accountSave}
          </button>
        </form>
      )}
    </section>
  )
}

function Sessions({ frame: { texts }, now, sessions }: UserPageProps) {
  const ago = (at: number) => describeAgo(at, now, texts.lang, texts.justNow)
  return (
    <section>
      <h2>{texts.accountSessions}</h2>
      {sessions.length === 0 ? (
        <p class="muted">{texts.adminNoSessions}</p>
      ) : (
        <ul class="rows">
          {sessions.map(({ record }) => (
            <li>
              <div>
                <bdi class="strong">{visibleText(record.client.agent)}</bdi>
                <span class="hint">
                  <bdi>{visibleText(record.client.network)}</bdi> · <bdi>{visibleText(record.site)}</bdi> ·{' '}
                  {record.methods.join(', ')}
                </span>
                <span class="hint">
                  {fill(texts.accountSeen, { seen: ago(record.seenAt), started: ago(record.createdAt) })}
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
      <form method="post" class="narrow">
        <input type="hidden" name="action" value="end_sessions" />
        <button class="button quiet" type="submit">
          {texts.adminEndSessions}
        </button>
      </form>
    </section>
  )
}

function Danger({ frame: { texts }, user }: UserPageProps) {
  const name = user.email ?? user.username ?? user.id
  return (
    <div class="danger">
      {hasFactor(user.factors) && (
        <>
          <h2>{texts.adminResetFactors}</h2>
          <form method="post" class="narrow">
            <input type="hidden" name="action" value="reset_factors" />
            <p class="hint">{texts.adminResetFactorsHint}</p>
            <button class="button quiet" type="submit">
              {texts.adminResetFactors}
            </button>
          </form>
        </>
      )}
      <h2>{user.disabledAt === null ? texts.adminDisable : texts.adminEnable}</h2>
      {user.disabledAt === null ? (
        <form method="post" class="inline">
          <input type="hidden" name="action" value="disable" />
          <div class="field">
            <label for="reason">{texts.adminReasonHint}</label>
            <input class="input" id="reason" name="reason" autocomplete="off" />
          </div>
          <button class="button warn" type="submit">
            {texts.adminDisable}
          </button>
        </form>
      ) : (
        <form method="post">
          <input type="hidden" name="action" value="enable" />
          <button class="button quiet" type="submit">
            {texts.adminEnable}
          </button>
        </form>
      )}
      <section>
        <h2>{texts.adminRemove}</h2>
        <p class="muted">{texts.adminRemoveHint}</p>
        <form method="post" class="inline">
          <input type="hidden" name="action" value="remove" />
          <div class="field">
            <label for="confirm">{fill(texts.adminRemoveConfirm, { name: visibleText(name) })}</label>
            <input
              class="input"
              id="confirm"
              name="confirm"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              required
            />
          </div>
          <button class="button warn" type="submit">
            {texts.adminRemove}
          </button>
        </form>
      </section>
    </div>
  )
}
