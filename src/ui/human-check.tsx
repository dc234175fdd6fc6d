import type { Texts } from './text/text.ts'

export interface HumanCheckProps {
  readonly siteKey: string
  /** Where the widget comes from. */
  readonly service: string
  /** The form's name, which the answer is bound to. */
  readonly form: string
}

/** Cloudflare's widget in a form. The one script of our pages that is not from here, and only where the operator has asked for it. */
export function HumanCheck({
  texts,
  check,
}: {
  readonly texts: Texts
  readonly check: HumanCheckProps | null
}) {
  if (check === null) return null
  return (
    <div class="field">
      <div
        class="cf-turnstile"
        data-sitekey={check.siteKey}
        data-action={check.form}
        data-language={texts.lang}
        data-size="flexible"
        data-theme="auto"
      />
      <noscript>
        <p class="error">{texts.humanNeedsScript}</p>
      </noscript>
      <script src={`${check.service}/turnstile/v0/api.js`} async defer />
    </div>
  )
}
