import type { Visit } from '../http/visit.ts'
import type { Services } from '../services.ts'
import { fill, type Language, type Texts, textsFor } from '../ui/text/text.ts'
import type { MailContent } from './mail.ts'

export interface Letter {
  readonly kind: string
  readonly to: string
  readonly userId: string | null
  readonly lifeSeconds: number
  /** The reader's own, where it is known; else that of who asked for it. */
  readonly language?: Language | null
  /** What it says. `{site}` in a text is the site's name already. */
  readonly write: (texts: Texts) => MailContent
}

/**
 * The statement that puts a mail of the visit's site on its way, for the batch of what it is about. Only for what is offered with mail: a
 * gateway without it answers 404 long before.
 */
export async function queueLetter(
  { mail, now }: Services,
  visit: Visit,
  letter: Letter,
): Promise<D1PreparedStatement> {
  if (!mail) throw new TypeError('no mail is configured')
  const language = letter.language ?? visit.language
  return await mail.queue({
    kind: letter.kind,
    to: letter.to,
    userId: letter.userId,
    site: visit.site,
    language,
    expiresAt: now() + letter.lifeSeconds * 1000,
    content: withSite(letter.write(textsFor(language)), visit.site.theme.name),
  })
}

/** Puts the site's name into every sentence. */
function withSite(content: MailContent, site: string): MailContent {
  const say = (text: string) => fill(text, { site })
  return {
    ...content,
    subject: say(content.subject),
    heading: say(content.heading),
    paragraphs: content.paragraphs.map(say),
    reason: say(content.reason),
  }
}
