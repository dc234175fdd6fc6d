import { IdentifierField, PasswordField } from '../ui/field.tsx'
import { HumanCheck, type HumanCheckProps } from '../ui/human-check.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { type PasskeyAsk, PasskeyForm } from '../ui/passkey-form.tsx'
import { type PostFate, PostNotice } from '../ui/post-notice.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import { RememberChoice } from '../ui/remember-choice.tsx'
import { safeHref } from '../ui/safe-href.ts'
import type { TextKey, Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'

/** News that is nobody's mistake: why the visitor meets this page. */
export type LoginNews = (typeof NEWS)[number]
export type LoginProblem = FormProblem | LoginNews

export interface LoginPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  /**
   * Where the form goes; `null` is this page's own address. Prefer `null`: a browser then carries the `#fragment` of the
   * page that asked for the login through the post and its redirect, which no server ever sees and no script need save.
   */
  readonly action: string | null
  /** Already decided by the one function that decides `next`; here it is only carried. */
  readonly next: string | null
  /** What was typed comes back after a mistake; the password never does. */
  readonly identifier: string
  /** `null`: staying signed in is not offered. */
  readonly remember: boolean | null
  readonly problem: LoginProblem | null
  /** What has become of a form that led here. */
  readonly post: PostFate | null
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
  readonly fieldErrors?: Partial<Record<'identifier' | 'password', TextKey>>
  readonly human: HumanCheckProps | null
  /** `null`: signing in by passkey is not offered. */
  readonly passkey: (PasskeyAsk & { readonly action: string }) | null
  readonly links: readonly { readonly label: TextKey; readonly href: string }[]
}

/** The sign-in page. The same for a known and an unknown account, whatever went wrong (P17). */
export function renderLoginPage(props: LoginPageProps): string {
  const { texts, theme, problem, fieldErrors = {} } = props
  const failed = problem !== null && !isNews(problem)
  const wrong = {
    identifier: problem === 'wrong_credentials' || fieldErrors.identifier !== undefined,
    password: problem === 'wrong_credentials' || fieldErrors.password !== undefined,
  }
  // After wrong credentials the name stands and the password is gone: that is where typing goes on.
  const focus = props.identifier !== '' && fieldErrors.identifier === undefined ? 'password' : 'identifier'
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.loginTitle} failed={failed}>
      <h1>{texts.loginTitle}</h1>
      <PostNotice texts={texts} post={props.post} />
      <LoginNotice {...props} />
      <form method="post" action={safeHref(props.action) ?? undefined}>
        <IdentifierField
          texts={texts}
          value={props.identifier}
          takesPasskeys={props.passkey !== null}
          noticed={problem !== null && focus === 'identifier'}
          wrong={wrong.identifier}
          error={fieldErrors.identifier}
          autofocus={focus === 'identifier'}
        />
        <PasswordField
          texts={texts}
          noticed={problem !== null && focus === 'password'}
          wrong={wrong.password}
          error={fieldErrors.password}
          autofocus={focus === 'password'}
        />
        {props.remember !== null && <RememberChoice texts={texts} checked={props.remember} />}
        {props.next !== null && <input type="hidden" name="next" value={props.next} />}
        <HumanCheck texts={texts} check={props.human} />
        <button class="button" type="submit">
          {texts.loginSubmit}
        </button>
      </form>
      {props.passkey !== null && (
        <PasskeyForm
          texts={texts}
          ask={props.passkey}
          action={props.passkey.action}
          label="passkeySignIn"
          isQuiet
          isConditional
        >
          {props.next !== null && <input type="hidden" name="next" value={props.next} />}
        </PasskeyForm>
      )}
      <LoginLinks texts={texts} links={props.links} />
    </Layout>,
  )
}

function LoginNotice(props: LoginPageProps) {
  const { texts, problem } = props
  if (problem === null) return null
  if (!isNews(problem)) {
    const hasFieldErrors = Object.keys(props.fieldErrors ?? {}).length > 0
    return (
      <FormProblemNotice
        texts={texts}
        problem={problem}
        retryAfterSeconds={props.retryAfterSeconds}
        requestId={props.requestId}
        hasFieldErrors={hasFieldErrors}
        wrongCredentials="problemWrongCredentials"
      />
    )
  }
  const news = {
    session_ended: { tone: 'note', text: texts.noticeSessionEnded },
    remember_stolen: { tone: 'bad', text: texts.noticeRememberStolen },
    signed_out: { tone: 'good', text: texts.noticeSignedOut },
    password_reset: { tone: 'good', text: texts.noticePasswordReset },
    sign_in_over: { tone: 'note', text: texts.noticeSignInOver },
    passkey_refused: { tone: 'note', text: texts.noticePasskeyRefused },
    passkey_busy: { tone: 'note', text: texts.noticePasskeyBusy },
  } as const
  return (
    <Notice tone={news[problem].tone}>
      <p>{news[problem].text}</p>
    </Notice>
  )
}

function LoginLinks({ texts, links }: Pick<LoginPageProps, 'texts' | 'links'>) {
  const safe = links.flatMap(({ label, href }) => {
    const address = safeHref(href)
    return address === null ? [] : [{ label, href: address }]
  })
  if (safe.length === 0) return null
  return (
    <nav aria-label={texts.loginLinks}>
      <ul class="links">
        {safe.map(({ label, href }) => (
          <li>
            <SafeLink href={href}>{texts[label]}</SafeLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const NEWS = [
  'session_ended',
  'remember_stolen',
  'signed_out',
  'password_reset',
  'sign_in_over',
  'passkey_refused',
  'passkey_busy',
] as const

/** Whether a text names news; the query of the page does. */
export function isNews(text: string | null): text is LoginNews {
  return NEWS.some((news) => news === text)
}
