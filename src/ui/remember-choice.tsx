import type { Texts } from './text/text.ts'

/** "Keep me signed in", wherever a session begins. */
export function RememberChoice({ texts, checked }: { readonly texts: Texts; readonly checked: boolean }) {
  return (
    <div class="choice">
      <input
        type="checkbox"
        id="remember"
        name="remember"
        value="1"
        checked={checked}
        aria-describedby="remember-hint"
      />
      <div>
        <label for="remember">{texts.rememberLabel}</label>
        <span class="hint" id="remember-hint">
          {texts.rememberHint}
        </span>
      </div>
    </div>
  )
}
