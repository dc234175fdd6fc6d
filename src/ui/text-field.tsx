/** A line of text with its label and what is wrong with it. */
export function TextField(props: {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly autocomplete: string
  readonly error: string | null
  readonly autofocus?: boolean
  /** What an on-screen keyboard should offer. */
  readonly inputmode?: 'email' | 'numeric'
  readonly required?: boolean
}) {
  const { name, error } = props
  return (
    <div class="field">
      <label for={name}>{props.label}</label>
      <input
        class="input"
        id={name}
        name={name}
        type="text"
        inputmode={props.inputmode}
        required={props.required}
        autocomplete={props.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        dir="auto"
        value={props.value}
        autofocus={error !== null || props.autofocus === true}
        aria-invalid={error === null ? undefined : 'true'}
        aria-describedby={error === null ? undefined : `${name}-error`}
      />
      {error !== null && (
        <p class="error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}
