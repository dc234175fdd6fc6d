import { parseHex } from '../ui/color.ts'
import { darkPalette, lightPalette, type Palette } from '../ui/palette.ts'
import type { Language } from '../ui/text/text.ts'
import type { SiteTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'
import { renderHtml } from './html.tsx'
import type { Mail, MailContent, Message } from './mail.ts'
import { renderText } from './text.ts'

/** A mail's parts with nothing left in them that could move a header or the sentence around it. */
export interface Rendered {
  readonly language: Language
  readonly siteName: string
  readonly siteUrl: string
  readonly content: Omit<MailContent, 'button'>
  readonly button: { readonly label: string; readonly href: string } | null
  readonly light: Palette
  readonly dark: Palette
}

/** RFC 5322 section 2.1.1 asks for lines of at most 78; longer subjects are cut off by every list of mails anyway. */
const MAX_SUBJECT = 150

/** Text and HTML of a mail. Pure: the same mail gives the same bytes. */
export function renderMail({
  site,
  language,
  content,
}: Pick<Mail, 'site' | 'language' | 'content'>): Message {
  const { button, ...rest } = content
  const rendered: Rendered = {
    language,
    siteName: visibleText(site.theme.name.trim()),
    siteUrl: site.publicOrigin,
    content: {
      subject: visibleText(rest.subject),
      heading: visibleText(rest.heading),
      paragraphs: rest.paragraphs.map(visibleText),
      ...(rest.code === undefined ? {} : { code: visibleText(rest.code) }),
      facts: (rest.facts ?? []).map(({ label, value }) => ({ label, value: visibleText(value) })),
      reason: visibleText(rest.reason),
    },
    button: button
      ? { label: visibleText(button.label), href: linkOf(site.publicOrigin, button.path) }
      : null,
    ...palettesOf(site.theme),
  }
  return {
    subject: [...rendered.content.subject].slice(0, MAX_SUBJECT).join(''),
    text: renderText(rendered),
    html: renderHtml(rendered),
  }
}

/** The absolute address of a path of the site. Throws for what would lead elsewhere: our own code made the path. */
function linkOf(publicOrigin: string, path: string): string {
  const url = URL.parse(path, publicOrigin)
  if (url?.origin !== publicOrigin || !path.startsWith('/'))
    throw new TypeError('a link in a mail is a path of the site')
  return url.href
}

function palettesOf({ colors }: SiteTheme): Pick<Rendered, 'light' | 'dark'> {
  const [accent, accentDark] = [parseHex(colors.accent), parseHex(colors.accentDark ?? colors.accent)]
  if (!accent || !accentDark) throw new TypeError('the colours of a site are checked with its configuration')
  return { light: lightPalette(accent), dark: darkPalette(accentDark) }
}
