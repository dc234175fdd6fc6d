import { ADMIN_STYLE } from './admin-style.ts'
import { parseHex, type Rgb } from './color.ts'
import { darkPalette, lightPalette } from './palette.ts'
import { safeHref } from './safe-href.ts'
import { styleText } from './style.ts'
import { visibleText } from './visible-text.ts'

/** How the pages of one site look, as the operator says it. */
export interface SiteTheme {
  readonly name: string
  /** A path, an http(s) address or a `data:image/…` address; `null` shows the first letter of the name. */
  readonly logoUrl: string | null
  readonly colors: {
    /** `#rgb` or `#rrggbb`. */
    readonly accent: string
    /** The same for the dark scheme; `null` derives one that stands out. */
    readonly accentDark: string | null
  }
  /** Imprint, privacy, help: shown at the foot of every page. */
  readonly links: readonly { readonly label: string; readonly url: string }[]
}

/** A theme made ready once; pages only read it. */
export interface CompiledTheme {
  readonly name: string
  readonly logoUrl: string | null
  /** `data:` address of the tab icon, so that a page never asks the origin for `/favicon.ico`. */
  readonly iconUrl: string
  readonly initial: string
  readonly links: readonly { readonly label: string; readonly href: string }[]
  readonly css: string
  /** `sha256-…` of `css`, as `style-src` names it. */
  readonly styleHash: string
  /** The same for what only the admin pages add. */
  readonly adminCss: string
  readonly adminStyleHash: string
  readonly themeColor: { readonly light: string; readonly dark: string }
}

/** What is wrong with a colour in the configuration, or `null`. Only hexadecimal: a colour must not carry CSS. */
export function checkColor(text: string): string | null {
  return parseHex(text) === null ? 'must be a hexadecimal colour such as #2456e6' : null
}

/**
 * Turns a theme into style text and its hash; do it once per isolate. Links and logos with an address that no page may
 * hold are left out. Throws `TypeError` for a colour that `checkColor` refuses.
 */
export async function compileTheme(theme: SiteTheme): Promise<CompiledTheme> {
  const accent = readColor(theme.colors.accent)
  const light = lightPalette(accent)
  const dark = darkPalette(theme.colors.accentDark === null ? accent : readColor(theme.colors.accentDark))
  const css = styleText(light, dark)
  const name = visibleText(theme.name.trim())
  const [initial = ''] = (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? '').toUpperCase()
  const logoUrl = safeImage(theme.logoUrl)
  return {
    name,
    logoUrl,
    iconUrl:
      logoUrl === null || logoUrl.startsWith('data:') ? drawIcon(initial, light.accent, light.on) : logoUrl,
    initial,
    links: theme.links.flatMap(({ label, url }) => {
      const href = safeHref(url)
      return href === null ? [] : [{ label: visibleText(label), href }]
    }),
    css,
    styleHash: `sha256-${await sha256(css)}`,
    adminCss: ADMIN_STYLE,
    adminStyleHash: `sha256-${await sha256(ADMIN_STYLE)}`,
    // Telephones show it, and there the page is all card.
    themeColor: { light: light.card, dark: dark.card },
  }
}

function readColor(text: string): Rgb {
  const color = parseHex(text)
  if (color === null) throw new TypeError(`${JSON.stringify(text)}: a colour ${checkColor(text)}`)
  return color
}

function safeImage(address: string | null): string | null {
  if (address !== null && /^data:image\/[a-z0-9.+-]+[;,][^\s]*$/i.test(address)) return address
  return safeHref(address)
}

function drawIcon(initial: string, background: string, color: string): string {
  // The letter is one of \p{L} or \p{N}, so there is nothing in it to escape.
  const svg =
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='${background}'/>` +
    `<text x='16' y='22.5' font-family='system-ui,sans-serif' font-size='18' font-weight='600' text-anchor='middle' fill='${color}'>${initial}</text></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
}
