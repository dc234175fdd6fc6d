import type { Factor } from '../factor/factors.ts'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { fill, type Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

interface FactorPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly backHref: string
  readonly factor: Factor
}

export function renderRenamePage({
  texts,
  theme,
  backHref,
  factor,
  typed,
}: FactorPageProps & { readonly typed: string | null }): string {
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.factorsRename} failed={typed !== null}>
      <h1>{texts.factorsRename}</h1>
      <form method="post">
        <TextField
          name="name"
          label={texts.factorsName}
          value={typed ?? factor.name}
          autocomplete="off"
          error={typed === null ? null : texts.factorsNameInvalid}
          autofocus
        />
        <p class="hint">{texts.factorsNameHint}</p>
        <button class="button" type="submit">
          {texts.factorsSave}
        </button>
      </form>
      <SafeLink href={backHref} class="button quiet">
        {texts.appBack}
      </SafeLink>
    </Layout>,
  )
}

export function renderRemovePage({
  texts,
  theme,
  backHref,
  factor,
  isLast,
}: FactorPageProps & { readonly isLast: boolean }): string {
  const title = fill(texts.removeTitle, { name: visibleText(factor.name) })
  return toDocument(
    <Layout texts={texts} theme={theme} title={title}>
      <h1>{title}</h1>
      <p class="muted">{isLast ? texts.removeLastText : texts.removeText}</p>
      <form method="post">
        <button class="button" type="submit">
          {texts.removeSubmit}
        </button>
      </form>
      <SafeLink href={backHref} class="button quiet">
        {texts.removeKeep}
      </SafeLink>
    </Layout>,
  )
}
