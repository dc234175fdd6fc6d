import { IdentifierField } from '../ui/field.tsx'
import { HumanCheck, type HumanCheckProps } from '../ui/human-check.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { NewPasswordField, type Weakness } from '../ui/new-password-field.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import type { Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'

interface FormState {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly problem: FormProblem | null
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** Asks whose password is forgotten. The same page for everybody, whatever is typed (P17). */
export function renderForgotPage(
  props: FormState & {
    readonly identifier: string
    readonly human: HumanCheckProps | null
    readonly loginHref: string
  },
): string {
  const { texts, theme, problem } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.forgotTitle} failed={problem !== null}>
      <h1>{texts.forgotTitle}</h1>
      <Problem {...props} />
      <p class="muted">{texts.forgotText}</p>
      <form method="post">
        <IdentifierField
          texts={texts}
          value={props.identifier}
          noticed={problem !== null}
          wrong={problem === 'invalid_form'}
          autofocus={true}
        />
        <HumanCheck texts={texts} check={props.human} />
        <button class="button" type="submit">
          {texts.forgotSubmit}
        </button>
      </form>
      <ul class="links">
        <li>
          <SafeLink href={props.loginHref}>{texts.backToLogin}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}

/** A new password for who came by a mailed link. */
export function renderResetPage(
  props: FormState & {
    readonly token: string
    readonly email: string
    readonly minLength: number
    readonly weaknesses: readonly Weakness[]
  },
): string {
  const { texts, theme, problem, weaknesses } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.resetTitle} failed={problem !== null}>
      <h1>{texts.resetTitle}</h1>
      <Problem {...props} hasFieldErrors={weaknesses.length > 0} />
      <form method="post" action="?">
        {/* Without a name: the account is the link's. Hidden, but there for password managers. */}
        <input type="text" autocomplete="username" value={props.email} readonly hidden />
        <input type="hidden" name="token" value={props.token} />
        <NewPasswordField
          texts={texts}
          label={texts.passwordNew}
          minLength={props.minLength}
          weaknesses={weaknesses}
          autofocus={true}
        />
        <p class="muted">{texts.resetEnds}</p>
        <button class="button" type="submit">
          {texts.resetSubmit}
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
}: FormState & { readonly hasFieldErrors?: boolean }) {
  return problem === null ? null : (
    <FormProblemNotice
      texts={texts}
      problem={problem}
      retryAfterSeconds={props.retryAfterSeconds}
      requestId={props.requestId}
      hasFieldErrors={hasFieldErrors}
      wrongCredentials="problemForm"
    />
  )
}
