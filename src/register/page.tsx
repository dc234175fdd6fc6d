import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { NewPasswordField, type Weakness } from '../ui/new-password-field.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import type { Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface RegisterPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly invitation: string
  readonly email: string
  readonly typed: { readonly name: string; readonly username: string }
  readonly next: string | null
  readonly minLength: number
  /** Whether the user name is the owner's to choose. */
  readonly choosesUsername: boolean
  readonly problem: FormProblem | null
  readonly wrong: { readonly field: 'name' | 'username'; readonly code: 'invalid' | 'taken' } | null
  readonly weaknesses: readonly Weakness[]
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** What somebody sees who opens an invitation: whose it is, and what is missing for an account. */
export function renderRegisterPage(props: RegisterPageProps): string {
  const { texts, theme, problem, wrong, weaknesses, typed } = props
  const hasFieldErrors = wrong !== null || weaknesses.length > 0
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
      <form method="post">
        <p class="who">
          <span class="label">{texts.registerEmail}</span> <bdi>{visibleText(props.email)}</bdi>
        </p>
        {/* Without a name: the address is the invitation's. Hidden, but there for password managers. */}
        <input type="text" autocomplete="username" value={props.email} readonly hidden />
        <TextField
          name="name"
          label={texts.accountName}
          value={typed.name}
          autocomplete="name"
          autofocus={!hasFieldErrors}
          error={wrong?.field === 'name' ? texts.accountNameInvalid : null}
        />
        {props.choosesUsername && (
          <TextField
            name="username"
            label={texts.registerUsername}
            value={typed.username}
            autocomplete="off"
            error={
              wrong?.field !== 'username'
                ? null
                : wrong.code === 'taken'
                  ? texts.accountUsernameTaken
                  : texts.accountUsernameInvalid
            }
          />
        )}
        <NewPasswordField
          texts={texts}
          label={texts.passwordLabel}
          minLength={props.minLength}
          weaknesses={weaknesses}
          autofocus={weaknesses.length > 0}
        />
        <input type="hidden" name="invitation" value={props.invitation} />
        {props.next !== null && <input type="hidden" name="next" value={props.next} />}
        <button class="button" type="submit">
          {texts.registerSubmit}
        </button>
      </form>
    </Layout>,
  )
}

/** For who has an account now, and could not be signed in to it. */
export function renderMadePage(props: {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly loginHref: string
}): string {
  const { texts, theme } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.registerMadeTitle}>
      <h1>{texts.registerMadeTitle}</h1>
      <p>{texts.registerMadeText}</p>
      <SafeLink href={props.loginHref} class="button">
        {texts.signIn}
      </SafeLink>
    </Layout>,
  )
}

/** For who has no invitation that is still good. */
export function renderNoInvitationPage(props: {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly loginHref: string
}): string {
  const { texts, theme } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.noInvitationTitle}>
      <h1>{texts.noInvitationTitle}</h1>
      <p>{texts.noInvitationText}</p>
      <SafeLink href={props.loginHref} class="button">
        {texts.signIn}
      </SafeLink>
    </Layout>,
  )
}
