import { NOTICE_ID } from './notice.tsx'
import type { TextKey, Texts } from './text/text.ts'

interface FieldProps {
  readonly texts: Texts
  /** Whether to read the notice above the form out with this field: for the one that has the focus. */
  readonly noticed: boolean
  readonly wrong: boolean
  readonly error?: TextKey | undefined
  readonly autofocus: boolean
}

/**
 * The name of an account. `username` is what password managers look for, on an e-mail address too; `type="email"` would
 * refuse user names. Nothing has a `maxlength`: it would cut silently what is pasted.
 */
export function IdentifierField(
  props: FieldProps & {
    readonly value: string
    /** Whether the browser may offer passkeys here, beside the names it knows. */
    readonly takesPasskeys?: boolean
  },
) {
  return (
    <div class="field">
      <label for="identifier">{props.texts.identifierLabel}</label>
      <input
        class="input"
        id="identifier"
        name="identifier"
        type="text"
        inputmode="email"
        autocomplete={props.takesPasskeys ? 'username webauthn' : 'username'}
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        dir="auto"
        enterkeyhint="next"
        required
        value={props.value}
        autofocus={props.autofocus}
        aria-invalid={props.wrong ? 'true' : undefined}
        aria-describedby={describedBy('identifier', props)}
      />
      <FieldError name="identifier" texts={props.texts} error={props.error} />
    </div>
  )
}

/** A current password. Never has a value: what was typed does not come back. */
export function PasswordField(props: FieldProps) {
  return (
    <div class="field">
      <label for="password">{props.texts.passwordLabel}</label>
      <input
        class="input"
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        enterkeyhint="go"
        required
        autofocus={props.autofocus}
        aria-invalid={props.wrong ? 'true' : undefined}
        aria-describedby={describedBy('password', props)}
      />
      <FieldError name="password" texts={props.texts} error={props.error} />
    </div>
  )
}

function FieldError(props: {
  readonly name: string
  readonly texts: Texts
  readonly error: TextKey | undefined
}) {
  if (props.error === undefined) return null
  return (
    <p class="error" id={`${props.name}-error`}>
      {props.texts[props.error]}
    </p>
  )
}

function describedBy(name: string, { error, noticed }: FieldProps): string | undefined {
  const ids = [error === undefined ? null : `${name}-error`, noticed ? NOTICE_ID : null].filter(
    (id) => id !== null,
  )
  return ids.length === 0 ? undefined : ids.join(' ')
}
