import { NOTICE_ID } from './notice.tsx'

/** A code that is shown or sent elsewhere and typed here. Never has a value. */
export function CodeField(props: {
  readonly label: string
  /** `digits` brings up the number pad, and what the telephone has just received. */
  readonly kind: 'digits' | 'text'
  readonly noticed: boolean
  readonly error: string | null
}) {
  const isDigits = props.kind === 'digits'
  const described = [props.error === null ? null : 'code-error', props.noticed ? NOTICE_ID : null].filter(
    (id) => id !== null,
  )
  return (
    <div class="field">
      <label for="code">{props.label}</label>
      <input
        class="input code"
        id="code"
        name="code"
        type="text"
        inputmode={isDigits ? 'numeric' : 'text'}
        autocomplete={isDigits ? 'one-time-code' : 'off'}
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        enterkeyhint="go"
        dir="ltr"
        required
        autofocus
        aria-invalid={props.noticed || props.error !== null ? 'true' : undefined}
        aria-describedby={described.length === 0 ? undefined : described.join(' ')}
      />
      {props.error !== null && (
        <p class="error" id="code-error">
          {props.error}
        </p>
      )}
    </div>
  )
}
