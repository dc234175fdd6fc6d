import { PasswordField } from '../ui/field.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { type PostFate, PostNotice } from '../ui/post-notice.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import { safeHref } from '../ui/safe-href.ts'
import type { TextKey, Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

/** Why a signed-in visitor is asked again: too long ago, only remembered, approved from another device, or the session protection saw a change. */
export type ReauthReason = 'stale' | 'remembered' | 'elsewhere' | 'moved'

export interface ReauthPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  /** `label` is what people read; `identifier` is what they signed in with, which a password manager looks for. */
  readonly user: { readonly label: string; readonly identifier: string }
  readonly action: string | null
  readonly next: string | null
  readonly reason: ReauthReason
  readonly problem: FormProblem | null
  /** What has become of a form that led here. */
  readonly post: PostFate | null
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
  readonly fieldErrors?: Partial<Record<'password', TextKey>>
  /** The way out for who is somebody else; `null` offers none. */
  readonly signOutHref: string | null
}

/** Asks the signed-in visitor for the password once more. The form sends `password` and `next`; who it is says the session. */
export function renderReauthPage(props: ReauthPageProps): string {
  const { texts, theme, problem, fieldErrors = {} } = props
  const reasons = {
    stale: texts.reauthStale,
    remembered: texts.reauthRemembered,
    elsewhere: texts.reauthElsewhere,
    moved: texts.reauthMoved,
  }
  const signOutHref = safeHref(props.signOutHref)
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.reauthTitle} failed={problem !== null}>
      <h1>{texts.reauthTitle}</h1>
      <p class="muted">{reasons[props.reason]}</p>
      <PostNotice texts={texts} post={props.post} />
      {problem !== null && (
        <FormProblemNotice
          texts={texts}
          problem={problem}
          retryAfterSeconds={props.retryAfterSeconds}
          requestId={props.requestId}
          hasFieldErrors={fieldErrors.password !== undefined}
          wrongCredentials="reauthWrongPassword"
        />
      )}
      <form method="post" action={safeHref(props.action) ?? undefined}>
        <p class="who">
          <span class="label">{texts.signedInAs}</span> <bdi>{visibleText(props.user.label)}</bdi>
        </p>
        {/* Without a name: nobody may sign in as somebody else from here. Hidden, but there for password managers. */}
        <input type="text" autocomplete="username" value={props.user.identifier} readonly hidden />
        <PasswordField
          texts={texts}
          noticed={problem !== null}
          wrong={problem === 'wrong_credentials' || fieldErrors.password !== undefined}
          error={fieldErrors.password}
          autofocus
        />
        {props.next !== null && <input type="hidden" name="next" value={props.next} />}
        <button class="button" type="submit">
          {texts.reauthSubmit}
        </button>
      </form>
      {signOutHref !== null && (
        <ul class="links">
          <li>
            <SafeLink href={signOutHref}>{texts.reauthSignOut}</SafeLink>
          </li>
        </ul>
      )}
    </Layout>,
  )
}
