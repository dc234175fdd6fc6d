import * as v from 'valibot'
import { PROVIDER_NAMES } from '../mail/providers.ts'
import { parseMailAddress } from './mail-address.ts'
import { bareUrl, option, secretName, text } from './values.ts'

const mailAddress = v.pipe(
  text,
  v.check(
    (value) => parseMailAddress(value) !== null,
    "must be an address such as 'no-reply@acme.example' or 'Acme <no-reply@acme.example>'",
  ),
)

const domain = v.pipe(text, v.regex(/^[a-z0-9.-]+$/, 'must be a domain such as mg.acme.example'))

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
        v.strictObject({
          provider: option(
            v.picklist(PROVIDER_NAMES),
            'A service with an API over HTTP. Its key is a secret of the Worker.',
          ),
          key: v.optional(option(secretName, 'Name of the secret that holds the key.'), 'MAIL_KEY'),
          api: v.optional(
            option(
              bareUrl,
              "Another address of the service's API, such as https://api.eu.mailgun.net. Must be https.",
            ),
          ),
          domain: v.optional(option(domain, 'mailgun: the sending domain. Default: that of `from`.')),
        }),
        v.strictObject({
          smtp: option(
            v.pipe(text, v.regex(/^[a-z0-9.-]+$/, 'must be a host such as smtp.acme.example')),
            'A submission server, always encrypted.',
          ),
          port: v.optional(
            option(
              v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
              '465: encrypted from the start. Any other, such as 587: STARTTLS. Cloudflare lets nobody out on 25.',
            ),
            465,
          ),
          user: option(text, 'Who signs in there.'),
          key: v.optional(option(secretName, 'Name of the secret that holds the password.'), 'MAIL_KEY'),
        }),
      ],
      'must be { binding }, { provider } or { smtp }',
    ),
    'Who carries them.',
  ),
})

export type CheckedMail = v.InferOutput<typeof MAIL>
