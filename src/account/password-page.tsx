import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { NewPasswordField, type Weakness } from '../ui/new-password-field.tsx'
import { NOTICE_ID, Notice } from '../ui/notice.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'

export interface PasswordPageProps {
  readonly frame: AccountFrame
  /** What a password manager files the new password under. */
  readonly identifier: string
  readonly minLength: number
  readonly isChanged: boolean
  readonly problem: FormProblem | null
  /** What is wrong with the new password. */
  readonly weaknesses: readonly Weakness[]
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** Asks for the current password and a new one; neither ever comes back into the page. */
export function renderPasswordPage(props: PasswordPageProps): string {
  const { frame, problem } = props
  const { texts } = frame
  return accountDocument(frame, {
    section: '/account/password',
    failed: problem !== null,
    children: (
      <>
        {props.isChanged && (
          <Notice tone="good">
            <p>{texts.accountDonePassword}</p>
          </Notice>
        )}
        <p class="muted">{texts.passwordChangeEnds}</p>
        {problem !== null && (
          <FormProblemNotice
            texts={texts}
            problem={problem}
            retryAfterSeconds={props.retryAfterSeconds}
            requestId={props.requestId}
            hasFieldErrors={props.weaknesses.length > 0}
            wrongCredentials="reauthWrongPassword"
          />
        )}
        <PasswordForm {...props} />
      </>
    ),
  })
}

function PasswordForm({ frame: { texts }, problem, weaknesses, identifier, minLength }: PasswordPageProps) {
  const isCurrentWrong = problem === 'wrong_credentials'
  const isNewWrong = weaknesses.length > 0
  return (
    <form method="post" class="narrow">
      <input type="text" autocomplete="username" value={identifier} readonly hidden />
      <div class="field">
        <label for="current">{texts.passwordCurrent}</label>
        <input
          class="input"
          id="current"
          name="current"
          type="password"
          autocomplete="current-password"
          required
          autofocus={isCurrentWrong}
          aria-invalid={isCurrentWrong ? 'true' : undefined}
          aria-describedby={isCurrentWrong ? NOTICE_ID : undefined}
        />
      </div>
      <NewPasswordField
        texts={texts}
        label={texts.passwordNew}
        minLength={minLength}
        weaknesses={weaknesses}
        autofocus={isNewWrong}
      />
      <button class="button" type="submit">
        {texts.accountChangePassword}
      </button>
    </form>
  )
}
