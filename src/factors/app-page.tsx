import { CodeField } from '../ui/code-field.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Qr } from '../ui/qr.tsx'
import type { Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'
import type { AppSetup } from './app-setup.ts'

export interface AppPageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly backHref: string
  readonly setup: AppSetup
  readonly name: string
  readonly next: string | null
  readonly problem: 'wrong_code' | 'wrong_name' | 'over' | null
}

/** Three steps to an authenticator app: open it, scan, prove. */
export function renderAppPage(props: AppPageProps): string {
  const { texts, theme, setup, problem } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.appTitle} failed={problem !== null}>
      <h1>{texts.appTitle}</h1>
      {problem !== null && problem !== 'wrong_name' && (
        <Notice tone={problem === 'over' ? 'note' : 'bad'}>
          <p>{problem === 'over' ? texts.appOver : texts.appWrong}</p>
        </Notice>
      )}
      <form method="post">
        <ol class="steps">
          <li>
            <p>{texts.appOpen}</p>
          </li>
          <li>
            <p>{texts.appScan}</p>
            <Qr text={setup.uri} label={texts.appScanAlt} />
            <p class="hint">
              <a href={setup.uri} referrerpolicy="no-referrer">
                {texts.appLink}
              </a>
            </p>
            <p class="hint">
              {texts.appType} <code class="key">{inGroups(setup.seed)}</code>
            </p>
          </li>
          <li>
            <p>{texts.appProve}</p>
            <CodeField label={texts.appCode} kind="digits" noticed={problem === 'wrong_code'} error={null} />
            <TextField
              name="name"
              label={texts.factorsName}
              value={props.name}
              autocomplete="off"
              error={problem === 'wrong_name' ? texts.factorsNameInvalid : null}
            />
          </li>
        </ol>
        <input type="hidden" name="setup" value={setup.sealed} />
        {props.next !== null && <input type="hidden" name="next" value={props.next} />}
        <button class="button" type="submit">
          {texts.appSubmit}
        </button>
      </form>
      <ul class="links">
        <li>
          <SafeLink href={props.backHref}>{texts.appBack}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}

/** Easier to keep one's place in. Apps skip the spaces. */
function inGroups(seed: string): string {
  return seed.replaceAll(/(.{4})(?=.)/g, '$1 ')
}
