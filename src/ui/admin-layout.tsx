import type { Child } from 'hono/jsx'
import type { AccountFrame } from './account-layout.tsx'
import { Layout, SafeLink, toDocument } from './layout.tsx'
import type { TextKey } from './text/text.ts'
import { visibleText } from './visible-text.ts'

/** The admin pages in the order of their navigation; paths are below the base path. */
export const ADMIN_SECTIONS = [
  { path: '/admin', text: 'adminOverview' },
  { path: '/admin/users', text: 'adminUsers' },
  { path: '/admin/audit', text: 'adminAudit' },
  { path: '/admin/rules', text: 'adminRules' },
] as const satisfies readonly { readonly path: string; readonly text: TextKey }[]

export type AdminPath = (typeof ADMIN_SECTIONS)[number]['path']

/** An admin page as a document. The heading is the section's name, unless the page is about one thing in it. */
export function adminDocument(
  frame: AccountFrame,
  page: {
    readonly section: AdminPath
    readonly title?: string
    /** Whether the page answers a mistake. */
    readonly failed?: boolean
    readonly children: Child
  },
): string {
  const { texts, theme, basePath, label } = frame
  const section = ADMIN_SECTIONS.find(({ path }) => path === page.section)
  const title = page.title ?? texts[section?.text ?? 'adminOverview']
  const nav = (
    <nav class="sections" aria-label={texts.adminTitle}>
      <p>
        {texts.signedInAs} <bdi class="strong">{visibleText(label)}</bdi>
      </p>
      <ul>
        {ADMIN_SECTIONS.map(({ path, text }) => (
          <li>
            <SafeLink href={basePath + path} isCurrent={path === page.section}>
              {texts[text]}
            </SafeLink>
          </li>
        ))}
      </ul>
      <ul>
        <li>
          <SafeLink href={`${basePath}/account`}>{texts.accountTitle}</SafeLink>
        </li>
        <li>
          <SafeLink href="/">{texts.accountLeave}</SafeLink>
        </li>
        <li>
          <SafeLink href={`${basePath}/logout`}>{texts.logoutSubmit}</SafeLink>
        </li>
      </ul>
    </nav>
  )
  return toDocument(
    <Layout
      texts={texts}
      theme={theme}
      title={title}
      failed={page.failed ?? false}
      nav={nav}
      head={<style>{theme.adminCss}</style>}
    >
      <h1>{title}</h1>
      {page.children}
    </Layout>,
  )
}
