import type { Child } from 'hono/jsx'
import { ACCOUNT_SECTIONS, type AccountPath } from './account-sections.ts'
import { Layout, SafeLink, toDocument } from './layout.tsx'
import type { TextKey, Texts } from './text/text.ts'
import type { CompiledTheme } from './theme.ts'
import { visibleText } from './visible-text.ts'

/** What every page of the account area needs, whatever it is about (http/account-frame.ts). */
export interface AccountFrame {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly basePath: string
  /** How the account is called. */
  readonly label: string
  /** Whether the account may open the admin pages. */
  readonly isAdmin?: boolean
}

/** A page of the account area as a document: its section's name as heading, with the ways to the others. */
export function accountDocument(
  frame: AccountFrame,
  page: {
    readonly section: AccountPath
    /** Whether the page answers a mistake. */
    readonly failed?: boolean
    readonly children: Child
  },
): string {
  const { texts, theme } = frame
  const title = texts[titleOf(page.section)]
  return toDocument(
    <Layout
      texts={texts}
      theme={theme}
      title={title}
      failed={page.failed ?? false}
      nav={<AccountNav {...frame} current={page.section} />}
    >
      <h1>{title}</h1>
      {page.children}
    </Layout>,
  )
}

function AccountNav({
  texts,
  basePath,
  label,
  isAdmin = false,
  current,
}: AccountFrame & {
  readonly current: AccountPath
}) {
  return (
    <nav class="sections" aria-label={texts.accountTitle}>
      <p>
        {texts.signedInAs} <bdi class="strong">{visibleText(label)}</bdi>
      </p>
      <ul>
        {ACCOUNT_SECTIONS.map(({ path, text }) => (
          <li>
            <SafeLink href={basePath + path} isCurrent={path === current}>
              {texts[text]}
            </SafeLink>
          </li>
        ))}
      </ul>
      <ul>
        {isAdmin && (
          <li>
            <SafeLink href={`${basePath}/admin`}>{texts.adminTitle}</SafeLink>
          </li>
        )}
        <li>
          <SafeLink href="/">{texts.accountLeave}</SafeLink>
        </li>
        <li>
          <SafeLink href={`${basePath}/logout`}>{texts.logoutSubmit}</SafeLink>
        </li>
      </ul>
    </nav>
  )
}

function titleOf(section: AccountPath): TextKey {
  return ACCOUNT_SECTIONS.find(({ path }) => path === section)?.text ?? 'accountTitle'
}
