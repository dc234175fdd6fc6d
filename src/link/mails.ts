import type { Visit } from '../http/visit.ts'
import { requestFacts } from '../mail/facts.ts'
import type { MailContent } from '../mail/mail.ts'
import { fill, type Texts } from '../ui/text/text.ts'
import { describeWait } from '../ui/text/wait.ts'

/** Somebody is sitting there, waiting for it. */
export const LINK_SECONDS = 900

export function writeLinkMail(
  texts: Texts,
  visit: Visit,
  now: number,
  { path, code }: { readonly path: string; readonly code: string },
): MailContent {
  const wait = describeWait(LINK_SECONDS, texts.lang) ?? ''
  return {
    subject: texts.linkMailTitle,
    heading: texts.linkMailTitle,
    paragraphs: [fill(texts.linkMailText, { wait }), texts.linkMailWarning],
    code: `${code.slice(0, 3)} ${code.slice(3)}`,
    button: { label: texts.linkMailButton, path },
    facts: requestFacts(texts, visit, now),
    reason: texts.linkMailReason,
  }
}
