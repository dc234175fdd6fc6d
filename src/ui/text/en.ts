import { account } from './en/account.ts'
import { address } from './en/address.ts'
import { admin } from './en/admin.ts'
import { api } from './en/api.ts'
import { deletion } from './en/deletion.ts'
import { factors } from './en/factors.ts'
import { frame } from './en/frame.ts'
import { handoff } from './en/handoff.ts'
import { keys } from './en/keys.ts'
import { link } from './en/link.ts'
import { mail } from './en/mail.ts'
import { mfa } from './en/mfa.ts'
import { recover } from './en/recover.ts'
import { register } from './en/register.ts'
import { relogin } from './en/relogin.ts'
import { resume } from './en/resume.ts'
import { signIn } from './en/sign-in.ts'
import { signUp } from './en/sign-up.ts'

/**
 * Every sentence the gateway's own pages say, in the language all others are translated from. `{name}` is a placeholder
 * for `fill`. `lang` and `dir` become the attributes of `<html>`: a right-to-left translation needs nothing else.
 */
export const en = {
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
} as const satisfies Readonly<Record<string, string>>
