import type { Visit } from '../http/visit.ts'
import { requestFacts } from '../mail/facts.ts'
import { queueLetter } from '../mail/letter.ts'
import { sendSoon } from '../mail/notice.ts'
import type { Services } from '../services.ts'
import type { User } from '../user/user.ts'

const CODE_SECONDS = 600

/** Mails a code to the account's own address (P18). Within a minute of the last one nothing is sent: that one is on its way. */
export async function sendCode(
  services: Services,
  visit: Visit,
  user: User,
  holder: string,
): Promise<'sent' | 'not_offered'> {
  const { emailCodes, mail, db, now } = services
  if (!mail || user.email === null) return 'not_offered'
  const begun = await emailCodes.begin(holder, user.id)
  if (!begun) return 'sent'
  const { code, statement } = begun
  const letter = await queueLetter(services, visit, {
    kind: 'second_factor_code',
    to: user.email,
    userId: user.id,
    lifeSeconds: CODE_SECONDS,
    write: (texts) => ({
      subject: texts.mfaMailTitle,
      heading: texts.mfaMailTitle,
      paragraphs: [texts.mfaMailText, texts.mfaMailWarning],
      code: `${code.slice(0, 3)} ${code.slice(3)}`,
      facts: requestFacts(texts, visit, now()),
      reason: texts.mfaMailReason,
    }),
  })
  await db.batch([statement, letter])
  sendSoon(services, visit)
  return 'sent'
}
