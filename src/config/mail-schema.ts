import * as v from 'valibot'
import { parseMailAddress } from './mail-address.ts'
import { option, text } from './values.ts'

const mailAddress = v.pipe(
  text,
  v.check(
    (value) => parseMailAddress(value) !== null,
    "must be an address such as 'no-reply@acme.example' or 'Acme <no-reply@acme.example>'",
  ),
)

export const MAIL = v.strictObject({
  from: option(mailAddress, 'Who mails come from. Without a name: the name of the site.'),
  replyTo: v.optional(option(mailAddress, 'Where answers go.')),
  sender: option(
    v.union(
      [
        v.strictObject({
          binding: option(
            text,
            "Name of a `[[send_email]]` binding in wrangler.toml: Cloudflare's own service.",
          ),
        }),
      ],
      'must be { binding }',
    ),
    'Who carries them.',
  ),
})

export type CheckedMail = v.InferOutput<typeof MAIL>
