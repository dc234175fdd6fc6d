import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import { safeHref } from '../ui/safe-href.ts'
import type { Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface LogoutPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly user: { readonly label: string }
  readonly action: string | null
  /** Where to go once signed out. */
  readonly next: string | null
  /** Where "stay signed in" leads; `null` offers no such link. */
  readonly cancelHref: string | null
  readonly problem: 'cross_site' | 'fault' | null
  readonly requestId: string | null
}

/** Asks before it signs out; showing it changes nothing. The form field `everywhere` is `1` for all devices, else empty. */
export function renderLogoutPage(props: LogoutPageProps): string {
  const { texts, theme, problem } = props
  const cancelHref = safeHref(props.cancelHref)
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.logoutTitle} failed={problem !== null}>
      <h1>{texts.logoutTitle}</h1>
      {problem !== null && <LogoutProblem texts={texts} problem={problem} requestId={props.requestId} />}
      <p class="who">
        <span class="label">{texts.signedInAs}</span> <bdi>{visibleText(props.user.label)}</bdi>
      </p>
      <form method="post" action={safeHref(props.action) ?? undefined}>
        <fieldset class="choices">
          <legend>{texts.logoutWhere}</legend>
          <Choice id="here" value="" checked label={texts.logoutHere} hint={texts.logoutHereHint} />
          <Choice
            id="everywhere"
            value="1"
            label={texts.logoutEverywhere}
            hint={texts.logoutEverywhereHint}
          />
        </fieldset>
        {props.next !== null && <input type="hidden" name="next" value={props.next} />}
        <button class="button" type="submit">
          {texts.logoutSubmit}
        </button>
      </form>
      {cancelHref !== null && (
        <SafeLink href={cancelHref} class="button quiet">
          {texts.logoutCancel}
        </SafeLink>
      )}
    </Layout>,
  )
}

function LogoutProblem(props: {
  readonly texts: Texts
  readonly problem: FormProblem
  readonly requestId: string | null
}) {
  return (
    <FormProblemNotice
      {...props}
      retryAfterSeconds={null}
      hasFieldErrors={false}
      wrongCredentials="problemWrongCredentials"
    />
  )
}

interface ChoiceProps {
  readonly id: string
  readonly value: string
  readonly label: string
  readonly hint: string
  readonly checked?: boolean
}

function Choice({ id, value, label, hint, checked = false }: ChoiceProps) {
  return (
    <div class="choice">
      <input
        type="radio"
        id={id}
        name="everywhere"
        value={value}
        checked={checked}
        aria-describedby={`${id}-hint`}
      />
      <div>
        <label for={id}>{label}</label>
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      </div>
    </div>
  )
}
