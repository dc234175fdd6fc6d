import { Icon } from '../ui/icon.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import type { Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'

export interface CodesPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly codes: readonly string[]
  readonly next: string
}

/** New recovery codes, the only time they can be read. */
export function renderCodesPage({ texts, theme, codes, next }: CodesPageProps): string {
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.codesTitle}>
      <div class="sign good" aria-hidden="true">
        <Icon name="check" size={24} />
      </div>
      <h1>{texts.codesTitle}</h1>
      <p class="muted">
        {texts.codesText} <strong>{texts.codesOnce}</strong>
      </p>
      <ul class="codes" translate="no">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <SafeLink href={next} class="button">
        {texts.codesDone}
      </SafeLink>
    </Layout>,
  )
}
