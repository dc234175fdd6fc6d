import * as v from 'valibot'
import { duration, option } from './values.ts'

export const TOKENS = v.strictObject({
  access: v.optional(option(duration, 'Life of an access token.'), '10m'),
  refresh: v.optional(
    option(duration, 'A sign-in of a program ends at this age, however often it was renewed.'),
    '30d',
  ),
})

export type CheckedTokens = v.InferOutput<typeof TOKENS>
