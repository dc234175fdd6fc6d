import { CodeField } from '../ui/code-field.tsx'
import { PasswordField } from '../ui/field.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { NewPasswordField, type Weakness } from '../ui/new-password-field.tsx'
import { Notice } from '../ui/notice.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import { fill, type Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface VerifyFrame {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly problem: FormProblem | null
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** What the browser shows that has just signed up. The same whether the address has an account or not (P17). */
export function renderWaitPage(
  props: VerifyFrame & {
    readonly email: string
    readonly isWrongCode: boolean
    readonly isNotYet: boolean
    /** The link has been opened elsewhere, by whoever signed up here. */
    readonly isDone: boolean
    readonly againHref: string
  },
): string {
  const { texts, theme, problem } = props
  if (props.isDone) {
    return toDocument(
      <Layout texts={texts} theme={theme} title={texts.confirmedTitle}>
        <h1>{texts.confirmedTitle}</h1>
        <Problem {...props} />
        <p class="muted">{texts.signUpDoneText}</p>
        <Continue label={texts.linkContinue} class="button" />
      </Layout>,
    )
  }
  return toDocument(
    <Layout
      texts={texts}
      theme={theme}
      title={texts.checkMailTitle}
      failed={problem !== null || props.isWrongCode}
    >
      <h1>{texts.checkMailTitle}</h1>
      <Problem {...props} />
      <p>
        <bdi class="strong">{visibleText(props.email)}</bdi>
      </p>
      <p class="muted">{texts.signUpSent}</p>
      <form method="post" action="?">
        <CodeField
          kind="digits"
          label={texts.linkCode}
          noticed={problem !== null}
          error={props.isWrongCode ? texts.linkCodeWrong : null}
        />
        <button class="button" type="submit">
          {texts.registerSubmit}
        </button>
      </form>
      <section>
        {props.isNotYet && (
          <Notice tone="note">
            <p>{texts.signUpNotYet}</p>
          </Notice>
        )}
        <Continue label={texts.signUpDoneElsewhere} class="button quiet" />
      </section>
      <p class="small">{texts.checkMailHint}</p>
      <ul class="links">
        <li>
          <SafeLink href={props.againHref}>{texts.signUpAgain}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}

function Continue(props: { readonly label: string; readonly class: string }) {
  return (
    <form method="post" action="?">
      <input type="hidden" name="action" value="continue" />
      <button class={props.class} type="submit">
        {props.label}
      </button>
    </form>
  )
}

/** The link of a sign-up, opened. In the browser that signed up one button is enough; elsewhere the password is asked for. */
export function renderCreatePage(
  props: VerifyFrame & {
    readonly token: string
    readonly email: string
    /** `null` in the browser that signed up. */
    readonly typed: { readonly name: string } | null
    readonly minLength: number
    readonly isWrongName: boolean
    readonly weaknesses: readonly Weakness[]
  },
): string {
  const { texts, theme, problem, typed, weaknesses } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.registerTitle} failed={problem !== null}>
      <h1>{texts.registerTitle}</h1>
      <Problem {...props} hasFieldErrors={weaknesses.length > 0 || props.isWrongName} />
      <p class="who">
        <span class="label">{texts.signUpEmail}</span> <bdi>{visibleText(props.email)}</bdi>
      </p>
      <form method="post" action="?">
        <input type="hidden" name="token" value={props.token} />
        {typed !== null && (
          <>
            <p class="muted">{texts.signUpElsewhere}</p>
            {/* Without a name: the address is the link's. Hidden, but there for password managers. */}
            <input type="text" autocomplete="username" value={props.email} readonly hidden />
            <TextField
              name="name"
              label={texts.signUpName}
              value={typed.name}
              autocomplete="name"
              error={props.isWrongName ? texts.accountNameInvalid : null}
            />
            <NewPasswordField
              texts={texts}
              label={texts.passwordLabel}
              minLength={props.minLength}
              weaknesses={weaknesses}
              autofocus={weaknesses.length > 0}
            />
          </>
        )}
        <button class="button" type="submit">
          {texts.registerSubmit}
        </button>
      </form>
    </Layout>,
  )
}

/** The link that proves the address of an account, opened. */
export function renderConfirmPage(
  props: VerifyFrame & {
    readonly token: string
    readonly email: string
    readonly isChange: boolean
    /** Where nobody has shown to be the account's owner. */
    readonly asksPassword: boolean
    readonly siteName: string
  },
): string {
  const { texts, theme, problem } = props
  const text = fill(props.isChange ? texts.confirmChangeText : texts.confirmText, { site: props.siteName })
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.confirmTitle} failed={problem !== null}>
      <h1>{texts.confirmTitle}</h1>
      <Problem {...props} />
      <p>
        <bdi class="strong">{visibleText(props.email)}</bdi>
      </p>
      <p class="muted">{text}</p>
      <form method="post" action="?">
        <input type="hidden" name="token" value={props.token} />
        {props.asksPassword && (
          <>
            <p class="muted">{texts.confirmPassword}</p>
            <PasswordField
              texts={texts}
              noticed={problem !== null}
              wrong={problem === 'wrong_credentials'}
              autofocus={true}
            />
          </>
        )}
        <button class="button" type="submit">
          {texts.confirmSubmit}
        </button>
      </form>
    </Layout>,
  )
}

function Problem({
  texts,
  problem,
  hasFieldErrors = false,
  ...props
}: VerifyFrame & { readonly hasFieldErrors?: boolean }) {
  return problem === null ? null : (
    <FormProblemNotice
      texts={texts}
      problem={problem}
      retryAfterSeconds={props.retryAfterSeconds}
      requestId={props.requestId}
      hasFieldErrors={hasFieldErrors}
      wrongCredentials="reauthWrongPassword"
    />
  )
}
