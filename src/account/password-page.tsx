import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { NewPasswordField, type Weakness } from '../ui/new-password-field.tsx'
import { NOTICE_ID } from '../ui/notice.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import type { Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'

export interface PasswordPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  /** What a password manager files the new password under. */
  readonly identifier: string
  readonly minLength: number
  readonly backHref: string
  readonly problem: FormProblem | null
  /** What is wrong with the new password. */
  readonly weaknesses: readonly Weakness[]
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** Asks for the current password and a new one; neither ever comes back into the page. */
export function renderPasswordPage(props: PasswordPageProps): string {
  const { texts, theme, problem, weaknesses } = props
  const isCurrentWrong = problem === 'wrong_credentials'
  const isNewWrong = weaknesses.length > 0
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.accountChangePassword} failed={problem !== null}>
      <h1>{texts.accountChangePassword}</h1>
      <p class="muted">{texts.passwordChangeEnds}</p>
      {problem !== null && (
        <FormProblemNotice
          texts={texts}
          problem={problem}
          retryAfterSeconds={props.retryAfterSeconds}
          requestId={props.requestId}
          hasFieldErrors={isNewWrong}
          wrongCredentials="reauthWrongPassword"
        />
      )}
      <form method="post">
        <input type="text" autocomplete="username" value={props.identifier} readonly hidden />
        <div class="field">
          <label for="current">{texts.passwordCurrent}</label>
          <input
            class="input"
            id="current"
            name="current"
            type="password"
            autocomplete="current-password"
            required
            autofocus={!isNewWrong}
            aria-invalid={isCurrentWrong ? 'true' : undefined}
            aria-describedby={isCurrentWrong ? NOTICE_ID : undefined}
          />
        </div>
        <NewPasswordField
          texts={texts}
          label={texts.passwordNew}
          minLength={props.minLength}
          weaknesses={weaknesses}
          autofocus={isNewWrong}
        />
        <button class="button" type="submit">
          {texts.accountChangePassword}
        </button>
      </form>
      <SafeLink href={props.backHref} class="button quiet">
        {texts.accountBack}
      </SafeLink>
    </Layout>,
  )
}
