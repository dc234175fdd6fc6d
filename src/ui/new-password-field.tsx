import { fill, type TextKey, type Texts } from './text/text.ts'

export type Weakness = 'too_short' | 'too_long' | 'not_text' | 'common' | 'contains_personal' | 'breached'

const WEAKNESSES = {
  too_short: 'weakTooShort',
  too_long: 'weakTooLong',
  not_text: 'weakNotText',
  common: 'weakCommon',
  contains_personal: 'weakPersonal',
  breached: 'weakBreached',
} as const satisfies Record<Weakness, TextKey>

/** A new password, with what is asked of it or what is wrong with it. Never has a value. */
export function NewPasswordField(props: {
  readonly texts: Texts
  readonly label: string
  readonly minLength: number
  readonly weaknesses: readonly Weakness[]
  readonly autofocus: boolean
}) {
  const { texts, weaknesses } = props
  const values = { count: String(props.minLength) }
  const isWrong = weaknesses.length > 0
  return (
    <div class="field">
      <label for="password">{props.label}</label>
      <input
        class="input"
        id="password"
        name="password"
        type="password"
        autocomplete="new-password"
        enterkeyhint="go"
        required
        autofocus={props.autofocus}
        aria-invalid={isWrong ? 'true' : undefined}
        aria-describedby="password-about"
      />
      <p class={isWrong ? 'error' : 'hint'} id="password-about">
        {isWrong
          ? weaknesses.map((each) => fill(texts[WEAKNESSES[each]], values)).join(' ')
          : fill(texts.passwordHint, values)}
      </p>
    </div>
  )
}
