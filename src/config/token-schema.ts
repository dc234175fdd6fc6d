import * as v from 'valibot'
import { duration, option, text, texts, url } from './values.ts'

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const

const ISSUER = v.strictObject({
  name: option(
    v.pipe(text, v.regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a short lower-case word')),
    'Stands before the ids of its users: `corp:1234`. Never change it.',
  ),
  issuer: option(text, 'What `iss` must be, exactly.'),
  audience: option(text, 'What `aud` must hold. Name an audience that is for this site and nothing else.'),
  jwks: option(url, 'Where the issuer publishes its keys; https.'),
  algorithms: option(
    v.pipe(v.array(v.picklist(ALGORITHMS)), v.minLength(1, 'must name an algorithm')),
    'What its keys sign with; nothing else is accepted.',
  ),
  type: v.optional(
    option(
      text,
      'What `typ` must be, such as `at+jwt`. Name it where the issuer does: an id token is no access token.',
    ),
  ),
  kind: v.optional(option(v.picklist(['user', 'service']), 'What its subjects are.'), 'user'),
  claims: v.optional(
    option(
      v.strictObject({
        email: v.optional(option(text, 'The address; proven only where `email_verified` is true.'), 'email'),
        name: v.optional(option(text, 'The name to show.'), 'name'),
        username: v.optional(
          option(text, 'The user name. Rules go by it: only where nobody can choose another one.'),
        ),
        roles: v.optional(option(text, 'Roles or groups; `realm_access.roles` leads into objects.')),
      }),
      'Which claims say who it is. Without `roles` its users have none.',
    ),
    {},
  ),
  roles: v.optional(
    option(
      v.record(text, text),
      'From its groups to roles here: `{ "idp-admins": "admin" }`. With it, groups that are not named count for nothing.',
    ),
  ),
  sites: v.optional(
    option(
      v.pipe(texts, v.minLength(1, 'must name a site')),
      'Only on these sites, by the host of their `url`. Default: all.',
    ),
  ),
})

export const TOKENS = v.strictObject({
  access: v.optional(option(duration, 'Life of an access token.'), '10m'),
  refresh: v.optional(
    option(duration, 'A sign-in of a program ends at this age, however often it was renewed.'),
    '30d',
  ),
  password: v.optional(
    option(
      v.boolean('must be true or false'),
      'Whether programs may sign in with a name and a password. `false`: only API keys and issuers, and refresh tokens that are out already.',
    ),
    true,
  ),
  issuers: v.optional(option(v.array(ISSUER), 'Others whose bearer tokens (JWTs) are accepted.'), []),
  others: v.optional(
    option(
      v.picklist(['refuse', 'pass']),
      "A bearer token that is neither ours nor of a configured issuer, on a path that asks who comes: `'refuse'` answers 401. `'pass'` leaves it to your site, which checks it, and looks at the cookie.",
    ),
    'refuse',
  ),
})

export type CheckedTokens = v.InferOutput<typeof TOKENS>
