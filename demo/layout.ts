import type { Exchange } from './exchange.ts'
import { type Content, type Html, html } from './html.ts'
import type { Visitor } from './visitor.ts'

interface Entry {
  readonly path: string
  readonly label: string
}

const PUBLIC: readonly Entry[] = [
  { path: '/', label: 'Home' },
  { path: '/about', label: 'About' },
]
const MEMBERS: Entry = { path: '/members/', label: 'Members' }
const ADMIN: Entry = { path: '/admin/', label: 'Settings' }
const WHOAMI: Entry = { path: '/whoami', label: 'Who am I' }

/** The frame of every page. Signed out, the menu offers only what opens without a login, and a way to sign in. */
export function layout(
  { path, visitor }: Exchange,
  page: { readonly title: string; readonly body: Content; readonly script?: boolean },
): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title === '' ? '' : `${page.title} · `}Harbour & Lark</title>
<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/site.css">
${page.script && html`<script type="module" src="/assets/live.js"></script>`}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<a class="brand" href="/"><img src="/assets/logo.svg" alt="" width="36" height="36"><span>Harbour <i>&</i> Lark</span></a>
<nav aria-label="Main">${menu(visitor).map((entry) => link(entry, path))}</nav>
${visitor ? account(visitor) : html`<a class="button" href="/auth/login?next=/members/">Sign in</a>`}
</header>
<main id="content">${page.body}</main>
<footer>
<p>A make-believe boatyard with no login of its own: <b>Edgegate</b> stands in front and says who is asking.
<a href="/whoami">See what it says</a></p>
</footer>
</body>
</html>
`
}

function menu(visitor: Visitor | null): readonly Entry[] {
  if (!visitor) return [...PUBLIC, WHOAMI]
  return [...PUBLIC, MEMBERS, ...(visitor.groups.includes('admin') ? [ADMIN] : []), WHOAMI]
}

function link(entry: Entry, path: string): Html {
  const isHere =
    entry.path === path || (entry.path.length > 1 && entry.path.endsWith('/') && path.startsWith(entry.path))
  return html`<a href="${entry.path}"${isHere && html` aria-current="page"`}>${entry.label}</a>`
}

function account(visitor: Visitor): Html {
  return html`<div class="account">
<span class="avatar" aria-hidden="true">${initials(visitor.name)}</span>
<span class="who" title="${visitor.email ?? visitor.user}"><span class="aside">Signed in as </span>${visitor.name}</span>
<a href="/auth/logout">Sign out</a>
</div>`
}

export function initials(name: string): string {
  const words =
    name
      .split('@')[0]
      ?.split(/[\s._-]+/)
      .filter((word) => word !== '') ?? []
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  )
  return letters.join('').toUpperCase()
}
