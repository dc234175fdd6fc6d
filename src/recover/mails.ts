import type { Visit } from '../http/visit.ts'
import { requestFacts } from '../mail/facts.ts'
import type { MailContent } from '../mail/mail.ts'
import { fill, type Texts } from '../ui/text/text.ts'
import { describeWait } from '../ui/text/wait.ts'

/** Long enough for a slow mail server, short enough for a mailbox that somebody else reads later. */
export const RESET_SECONDS = 3600

export function writeResetMail(texts: Texts, visit: Visit, now: number, path: string): MailContent {
  const wait = describeWait(RESET_SECONDS, texts.lang) ?? ''
  return {
    subject: texts.resetMailTitle,
    heading: texts.resetMailTitle,
    paragraphs: [fill(texts.resetMailText, { wait }), texts.mailIgnore],
    button: { label: texts.resetTitle, path },
    facts: requestFacts(texts, visit, now),
    reason: texts.resetMailReason,
  }
}
