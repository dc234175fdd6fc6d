import type { Visit } from '../http/visit.ts'
import { requestFacts } from '../mail/facts.ts'
import type { MailContent } from '../mail/mail.ts'
import { fill, type Texts } from '../ui/text/text.ts'
import { describeWait } from '../ui/text/wait.ts'

export const REGISTER_SECONDS = 86_400

/** Nothing of it is from the form: strangers could write to strangers with it. */
export function writeRegisterMail(
  texts: Texts,
  visit: Visit,
  now: number,
  { path, code }: { readonly path: string; readonly code: string },
): MailContent {
  const wait = describeWait(REGISTER_SECONDS, texts.lang) ?? ''
  return {
    subject: texts.signUpMailTitle,
    heading: texts.signUpMailTitle,
    paragraphs: [fill(texts.signUpMailText, { wait }), texts.mailIgnore],
    code: `${code.slice(0, 3)} ${code.slice(3)}`,
    button: { label: texts.signUpMailButton, path },
    facts: requestFacts(texts, visit, now),
    reason: texts.signUpMailReason,
  }
}

/** For the owner of an address that has an account: the page has told nobody. */
export function writeKnownMail(texts: Texts, visit: Visit, now: number, path: string): MailContent {
  return {
    subject: texts.knownMailTitle,
    heading: texts.knownMailTitle,
    paragraphs: [texts.knownMailText, texts.knownMailAdvice],
    button: { label: texts.signIn, path },
    facts: requestFacts(texts, visit, now),
    reason: texts.signUpMailReason,
  }
}
