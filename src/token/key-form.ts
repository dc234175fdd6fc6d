import * as v from 'valibot'
import { checkPattern } from '../gate/pattern.ts'
import { parseDuration } from '../lib/duration.ts'
import { randomText } from '../lib/random.ts'
import { isScope } from '../lib/scope.ts'
import { hashToken } from '../session/token.ts'
import { cleanName } from '../user/identifier.ts'
import type { NewApiKey } from './api-keys.ts'
import { hintOf, newKeyText } from './key-text.ts'

const MOST = 32
const pattern = v.pipe(
  v.string('must be text'),
  v.maxLength(256, 'is too long'),
  v.check((text) => checkPattern(text) === null, 'must be a path such as /reports/**, as rules have it'),
)

/** What is said of a new key, by its owner or the operator. */
export const KEY_FORM = v.strictObject({
  name: v.pipe(
    v.string('must be text'),
    v.maxLength(64, 'is too long'),
    v.check((text) => cleanName(text) !== null, 'must be a name on one line'),
    v.description('What the key is for; shown in lists.'),
  ),
  scopes: v.pipe(
    v.optional(
      v.pipe(
        v.array(v.pipe(v.string('must be text'), v.check(isScope, 'must be printable ASCII without spaces'))),
        v.maxLength(MOST, 'are too many'),
      ),
      [],
    ),
    v.description('What it is good for where rules ask for scopes; `*` for everything.'),
  ),
  paths: v.pipe(
    v.optional(
      v.nullable(
        v.pipe(v.array(pattern), v.minLength(1, 'must name a path'), v.maxLength(MOST, 'are too many')),
      ),
      null,
    ),
    v.description('The only paths it may ask for, as patterns like those of rules; `null` for all.'),
  ),
  methods: v.pipe(
    v.optional(
      v.nullable(
        v.pipe(
          v.array(v.pipe(v.string('must be text'), v.regex(/^[A-Z]{1,20}$/, 'must be upper-case'))),
          v.minLength(1, 'must name a method'),
          v.maxLength(MOST, 'are too many'),
        ),
      ),
      null,
    ),
    v.description('The only methods, upper-case; `GET` includes `HEAD`; `null` for all.'),
  ),
  expires: v.pipe(
    v.optional(
      v.nullable(
        v.pipe(
          v.string('must be text'),
          v.check((text) => parseDuration(text) !== null, "must be a duration such as '90d'"),
        ),
      ),
      '90d',
    ),
    v.description('When it ends: a duration from now, or `null` for never.'),
  ),
})

export type KeyForm = v.InferOutput<typeof KEY_FORM>

/** A new key: its text, which is shown once, and what is kept. `now` is unix milliseconds. */
export async function draftKey(
  form: KeyForm,
  owner: { readonly id: string },
  site: string,
  now: number,
): Promise<{ readonly text: string; readonly key: NewApiKey }> {
  const text = newKeyText()
  const seconds = form.expires === null ? null : parseDuration(form.expires)
  return {
    text,
    key: {
      id: `key_${randomText(12)}`,
      keyHash: await hashToken(text),
      userId: owner.id,
      site,
      name: cleanName(form.name) ?? '',
      hint: hintOf(text),
      scopes: form.scopes,
      paths: form.paths,
      methods: form.methods,
      createdAt: now,
      expiresAt: seconds === null ? null : now + seconds * 1000,
    },
  }
}
