import { textsOf } from '../http/page.ts'
import type { Visit } from '../http/visit.ts'
import type { Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { renderNoticePage } from '../ui/notice-page.tsx'
import type { TextKey } from '../ui/text/text.ts'

/** For a link that was used, replaced, is too old or never was, which all look alike: what to do instead. */
export async function spentPage(
  site: Site,
  visit: Visit,
  links: readonly { readonly label: TextKey; readonly href: string }[],
): Promise<Response> {
  const texts = textsOf(visit)
  const theme = await site.compiledTheme()
  const body = renderNoticePage({
    texts,
    theme,
    icon: 'clock',
    tone: 'note',
    title: texts.spentTitle,
    paragraphs: [texts.spentText],
    links: links.map(({ label, href }) => ({ label: texts[label], href })),
  })
  return htmlResponse(body, { status: 404, theme, https: site.secure, holdsToken: true })
}
