import type { Child } from 'hono/jsx'
import { fill, type Texts } from './text/text.ts'
import type { CompiledTheme } from './theme.ts'

interface LayoutProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly title: string
  /** Whether the page answers a mistake; its title then says so first, which is what a screen reader reads first. */
  readonly failed?: boolean
  /** More for the head: what makes a page that waits ask again. */
  readonly head?: Child
  /** Ways to the neighbouring pages, beside the page or above it. */
  readonly nav?: Child
  readonly children: Child
}

/** The frame of every page of the gateway's own: one column, one heading, no inline script, nothing from another host. */
export function Layout({ texts, theme, title, failed = false, head, nav, children }: LayoutProps) {
  const names = { page: title, site: theme.name }
  return (
    <html lang={texts.lang} dir={texts.dir}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content={theme.themeColor.light} media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content={theme.themeColor.dark} media="(prefers-color-scheme: dark)" />
        <title>{fill(failed ? texts.errorPageTitle : texts.pageTitle, names)}</title>
        <link rel="icon" href={theme.iconUrl} />
        <style>{theme.css}</style>
        {head}
      </head>
      <body class={nav === undefined ? undefined : 'account'}>
        {nav !== undefined && (
          <SafeLink class="skip" href="#main">
            {texts.skipToMain}
          </SafeLink>
        )}
        <header>
          <p class="brand">
            <Mark theme={theme} />
            <bdi>{theme.name}</bdi>
          </p>
        </header>
        {nav === undefined ? (
          <main>{children}</main>
        ) : (
          <div class="columns">
            {nav}
            <main id="main">{children}</main>
          </div>
        )}
        {theme.links.length > 0 && (
          <footer>
            <ul class="links">
              {theme.links.map(({ label, href }) => (
                <li>
                  <SafeLink href={href}>{label}</SafeLink>
                </li>
              ))}
            </ul>
          </footer>
        )}
      </body>
    </html>
  )
}

/** A link that keeps this page's address, which may hold a `next` or a token, to itself. */
export function SafeLink(props: {
  readonly href: string
  readonly class?: string
  /** Whether it leads to the page it stands on. */
  readonly isCurrent?: boolean
  /** The name of the file that it leads to. */
  readonly download?: string
  readonly children: Child
}) {
  return (
    <a
      href={props.href}
      class={props.class}
      aria-current={props.isCurrent ? 'page' : undefined}
      download={props.download}
      referrerpolicy="no-referrer"
    >
      {props.children}
    </a>
  )
}

/** The finished document. Rendering is synchronous: no component of ours waits for anything. */
export function toDocument(page: { toString(): string | Promise<string> }): string {
  return `<!doctype html>${page.toString()}`
}

function Mark({ theme }: { readonly theme: CompiledTheme }) {
  // The name stands beside it, so the picture says nothing new to a screen reader.
  if (theme.logoUrl !== null) return <img src={theme.logoUrl} alt="" referrerpolicy="no-referrer" />
  if (theme.initial === '') return null
  return (
    <span class="mark" aria-hidden="true">
      {theme.initial}
    </span>
  )
}
