import { account } from './de/account.ts'
import { address } from './de/address.ts'
import { admin } from './de/admin.ts'
import { api } from './de/api.ts'
import { deletion } from './de/deletion.ts'
import { factors } from './de/factors.ts'
import { frame } from './de/frame.ts'
import { handoff } from './de/handoff.ts'
import { keys } from './de/keys.ts'
import { link } from './de/link.ts'
import { mail } from './de/mail.ts'
import { mfa } from './de/mfa.ts'
import { recover } from './de/recover.ts'
import { register } from './de/register.ts'
import { relogin } from './de/relogin.ts'
import { resume } from './de/resume.ts'
import { signIn } from './de/sign-in.ts'
import { signUp } from './de/sign-up.ts'
import type { Texts } from './text.ts'

/** German. A key that is missing or does not exist in English is a compile error. */
export const de: Texts = {
  ...frame,
  ...signIn,
  ...handoff,
  ...register,
  ...account,
  ...keys,
  ...api,
  ...mail,
  ...recover,
  ...resume,
  ...mfa,
  ...factors,
  ...relogin,
  ...admin,
  ...link,
  ...signUp,
  ...address,
  ...deletion,
}
