import type { Child } from 'hono/jsx'
import type { TextKey, Texts } from './text/text.ts'

/** What the script asks the browser for; made by factor/ceremony.ts. */
export interface PasskeyAsk {
  readonly kind: 'get' | 'create'
  readonly options: unknown
  /** Where the script lies. */
  readonly scriptHref: string
}

/**
 * A form that a passkey fills in. Hidden until the script has found that this browser can; then a button, and where `isConditional` the
 * browser offers passkeys in the name field as well. Sent like any form: nothing else of the page needs a script.
 */
export function PasskeyForm(props: {
  readonly texts: Texts
  readonly ask: PasskeyAsk
  readonly action: string | null
  readonly label: TextKey
  readonly isQuiet: boolean
  readonly isConditional: boolean
  readonly children?: Child
}) {
  const { texts, ask } = props
  return (
    <form
      method="post"
      action={props.action ?? undefined}
      data-passkey={ask.kind}
      data-options={JSON.stringify(ask.options)}
      data-conditional={props.isConditional ? '' : undefined}
      hidden
    >
      <input type="hidden" name="credential" value="" />
      {props.children}
      <p class="error" role="alert" data-problem="failed" hidden>
        {texts.passkeyFailed}
      </p>
      {ask.kind === 'create' && (
        <p class="error" role="alert" data-problem="exists" hidden>
          {texts.passkeyExists}
        </p>
      )}
      <button class={props.isQuiet ? 'button quiet' : 'button'} type="submit">
        {texts[props.label]}
      </button>
      <script src={ask.scriptHref} type="module" />
    </form>
  )
}

/** For pages that are about a passkey and nothing else. */
export function NoPasskey({ texts }: { readonly texts: Texts }) {
  return (
    <>
      <noscript>
        <p class="muted">{texts.passkeyNoScript}</p>
      </noscript>
      <p class="muted" data-no-passkey hidden>
        {texts.passkeyNotHere}
      </p>
    </>
  )
}
