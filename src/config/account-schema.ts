import * as v from 'valibot'
import { normalizeEmail } from '../user/identifier.ts'
import { duration, option, text } from './values.ts'

const emailDomain = v.pipe(
  text,
  v.check(
    (value) => normalizeEmail(`somebody@${value}`) === `somebody@${value}`,
    'must be a domain such as acme.example, in lower case',
  ),
)

/** Who may make an account. */
export const REGISTRATION = v.strictObject({
  mode: v.optional(
    option(
      v.picklist(['open', 'invite', 'closed']),
      '`open`: whoever proves an e-mail address (needs `mail`). `invite`: whoever has a link from `edgegate user invite`. `closed`: nobody; accounts come from `edgegate user add`.',
    ),
    'invite',
  ),
  emailDomains: v.optional(
    option(
      v.array(emailDomain),
      'Only addresses of these domains, compared exactly, sign up by themselves or become the new address of an account. Empty: all. Invitations are free of it.',
    ),
    [],
  ),
  approval: v.optional(
    option(
      v.boolean('must be true or false'),
      'With `open`: an account that has been signed up for waits until `edgegate user approve`.',
    ),
    false,
  ),
})

/** Ways to sign in besides the password. */
export const LOGIN = v.strictObject({
  link: v.optional(
    option(
      v.boolean('must be true or false'),
      'Offer a mailed link and code instead of the password (needs `mail`). Whoever reads the mailbox is in; docs/sign-in.md.',
    ),
    false,
  ),
})

/** What owners do with their accounts. */
export const ACCOUNT = v.strictObject({
  emailUndo: v.optional(
    option(duration, 'How long the old address of an account can take a change of address back.'),
    '7d',
  ),
  deletion: v.optional(
    option(
      v.union(
        [
          v.literal(false),
          v.strictObject({
            grace: v.optional(
              option(
                duration,
                'From the request until the account is gone; signing in before takes it back.',
              ),
              '7d',
            ),
          }),
        ],
        'must be { grace } or false',
      ),
      'Owners delete their accounts themselves; `false`: they ask you.',
    ),
    {},
  ),
})
