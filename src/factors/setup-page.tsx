import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { fill, type Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'

export interface SetupPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly basePath: string
  /** `required`: without it nobody gets in. A date: until when it can wait. */
  readonly pressure: 'none' | 'required' | { readonly dueDate: string }
  /** Where somebody goes on to who would rather not; `null`: that is not offered. */
  readonly next: string | null
}

/** The choice of a second step, for somebody who has perhaps never heard of one. */
export function renderSetupPage(props: SetupPageProps): string {
  const { texts, theme, basePath, pressure, next } = props
  const site = theme.name
  const query = next === null ? '' : `?${new URLSearchParams({ next })}`
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.setupTitle}>
      <h1>{texts.setupTitle}</h1>
      {typeof pressure === 'object' && (
        <Notice tone="note">
          <p>{fill(texts.setupDue, { site, date: pressure.dueDate })}</p>
        </Notice>
      )}
      <p class="muted">{pressure === 'required' ? fill(texts.setupRequired, { site }) : texts.setupIntro}</p>
      <section>
        <h2>{texts.factorsPasskeys}</h2>
        <p class="hint">{texts.setupPasskeyHint}</p>
        <SafeLink href={`${basePath}/mfa/setup/passkey${query}`} class="button">
          {texts.factorsAddPasskey}
        </SafeLink>
      </section>
      <section>
        <h2>{texts.factorsApps}</h2>
        <p class="hint">{texts.setupAppHint}</p>
        <SafeLink href={`${basePath}/mfa/setup/app${query}`} class="button quiet">
          {texts.factorsAddApp}
        </SafeLink>
      </section>
      {next !== null && (
        <ul class="links">
          <li>
            <SafeLink href={next}>{texts.setupLater}</SafeLink>
          </li>
        </ul>
      )}
    </Layout>,
  )
}
