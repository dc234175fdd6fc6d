import { Layout, toDocument } from '../ui/layout.tsx'
import { fill, type Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

/** The way back after a change of address, opened. Only the button does anything: scanners open links. */
export function renderUndoPage(props: {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly token: string
  readonly email: string
}): string {
  const { texts, theme } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.undoTitle}>
      <h1>{texts.undoTitle}</h1>
      <p>{fill(texts.undoText, { email: visibleText(props.email) })}</p>
      <p class="muted">{texts.undoEnds}</p>
      <form method="post" action="?">
        <input type="hidden" name="token" value={props.token} />
        <button class="button" type="submit">
          {texts.undoSubmit}
        </button>
      </form>
    </Layout>,
  )
}
