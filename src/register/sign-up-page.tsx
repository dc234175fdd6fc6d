import { HumanCheck, type HumanCheckProps } from '../ui/human-check.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { NewPasswordField, type Weakness } from '../ui/new-password-field.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import { fill, type Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'

export interface SignUpPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly typed: { readonly email: string; readonly name: string; readonly username: string }
  readonly choosesUsername: boolean
  readonly next: string
  readonly minLength: number
  /** Empty: any. */
  readonly emailDomains: readonly string[]
  readonly problem: FormProblem | null
  readonly wrong: {
    readonly field: 'email' | 'name' | 'username'
    readonly code: 'invalid' | 'domain'
  } | null
  readonly weaknesses: readonly Weakness[]
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
  readonly loginHref: string
  readonly human: HumanCheckProps | null
}

/** An open registration. Whether the address has an account already shows nowhere (P17). */
export function renderSignUpPage(props: SignUpPageProps): string {
  const { texts, theme, problem, wrong, weaknesses, typed, emailDomains } = props
  const hasFieldErrors = wrong !== null || weaknesses.length > 0
  const domains = { domains: emailDomains.map((domain) => `@${domain}`).join(', ') }
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.registerTitle} failed={problem !== null}>
      <h1>{texts.registerTitle}</h1>
      {problem !== null && (
        <FormProblemNotice
          texts={texts}
          problem={problem}
          retryAfterSeconds={props.retryAfterSeconds}
          requestId={props.requestId}
          hasFieldErrors={hasFieldErrors}
          wrongCredentials="problemForm"
        />
      )}
      {emailDomains.length > 0 && <p class="muted">{fill(texts.signUpDomains, domains)}</p>}
      <form method="post">
        <TextField
          name="email"
          label={texts.signUpEmail}
          value={typed.email}
          autocomplete="username"
          inputmode="email"
          required
          autofocus={!hasFieldErrors}
          error={
            wrong?.field !== 'email'
              ? null
              : wrong.code === 'domain'
                ? fill(texts.signUpWrongDomain, domains)
                : texts.signUpEmailInvalid
          }
        />
        <TextField
          name="name"
          label={texts.signUpName}
          value={typed.name}
          autocomplete="name"
          error={wrong?.field === 'name' ? texts.accountNameInvalid : null}
        />
        {props.choosesUsername && (
          <TextField
            name="username"
            label={texts.registerUsername}
            value={typed.username}
            autocomplete="off"
            error={wrong?.field === 'username' ? texts.accountUsernameInvalid : null}
          />
        )}
        <NewPasswordField
          texts={texts}
          label={texts.passwordLabel}
          minLength={props.minLength}
          weaknesses={weaknesses}
          autofocus={weaknesses.length > 0}
        />
        <input type="hidden" name="next" value={props.next} />
        <HumanCheck texts={texts} check={props.human} />
        <button class="button" type="submit">
          {texts.registerSubmit}
        </button>
      </form>
      <ul class="links">
        <li>
          <SafeLink href={props.loginHref}>{texts.signUpHasAccount}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}
