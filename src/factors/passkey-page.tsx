import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { NoPasskey, type PasskeyAsk, PasskeyForm } from '../ui/passkey-form.tsx'
import type { Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'

export interface PasskeyPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly backHref: string
  readonly ask: PasskeyAsk
  readonly name: string
  readonly next: string | null
  readonly problem: 'wrong_name' | 'refused' | null
}

/** Says what is about to happen before the browser asks, since its own question explains nothing. */
export function renderPasskeyPage(props: PasskeyPageProps): string {
  const { texts, theme, problem } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.passkeyTitle} failed={problem !== null}>
      <h1>{texts.passkeyTitle}</h1>
      {problem === 'refused' && (
        <Notice tone="bad">
          <p>{texts.passkeyRefused}</p>
        </Notice>
      )}
      <p class="muted">{texts.passkeyIntro}</p>
      <p class="muted">{texts.passkeyIntroMore}</p>
      <PasskeyForm
        texts={texts}
        ask={props.ask}
        action={null}
        label="passkeyCreate"
        isQuiet={false}
        isConditional={false}
      >
        <TextField
          name="name"
          label={texts.passkeyName}
          value={props.name}
          autocomplete="off"
          error={problem === 'wrong_name' ? texts.factorsNameInvalid : null}
        />
        {props.next !== null && <input type="hidden" name="next" value={props.next} />}
      </PasskeyForm>
      <NoPasskey texts={texts} />
      <ul class="links">
        <li>
          <SafeLink href={props.backHref}>{texts.appBack}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}
