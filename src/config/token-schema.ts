import * as v from 'valibot'
import { duration, option } from './values.ts'

export const TOKENS = v.strictObject({
  access: v.optional(option(duration, 'Life of an access token.'), '10m'),
  refresh: v.optional(
    option(duration, 'A sign-in of a program ends at this age, however often it was renewed.'),
    '30d',
  ),
  others: v.optional(
    option(
      v.picklist(['refuse', 'pass']),
      "A bearer token that is neither ours nor of a configured issuer, on a path that asks who comes: `'refuse'` answers 401. `'pass'` leaves it to your site, which checks it, and looks at the cookie.",
    ),
    'refuse',
  ),
})

export type CheckedTokens = v.InferOutput<typeof TOKENS>
