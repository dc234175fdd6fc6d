import * as v from 'valibot'
import { checkPattern } from '../gate/pattern.ts'
import { isScope } from '../lib/scope.ts'
import { bareUrl, duration, headerName, option, text, texts } from './values.ts'

const access = v.union(
  [
    v.picklist(['public', 'optional', 'guest', 'user']),
    v.strictObject({ roles: v.pipe(texts, v.minLength(1, 'must name a role')) }),
    v.strictObject({ users: v.pipe(texts, v.minLength(1, 'must name a user')) }),
    v.strictObject({ emailDomains: v.pipe(texts, v.minLength(1, 'must name a domain')) }),
  ],
  "must be 'public', 'optional', 'guest', 'user', { roles: […] }, { users: […] } or { emailDomains: […] }",
)

const method = v.pipe(text, v.regex(/^[A-Z]+$/, 'must be upper-case'))

/** `https://app.acme.example/` and `https://APP.acme.example` are never what a browser sends. */
function isOrigin(value: string): boolean {
  return URL.parse(value)?.origin === value && !value.includes('*')
}

export const RULE = v.strictObject({
  path: option(
    v.pipe(
      text,
      v.rawCheck(({ dataset, addIssue }) => {
        const problem = dataset.typed ? checkPattern(dataset.value) : null
        if (problem) addIssue({ message: problem })
      }),
    ),
    'The paths the rule speaks of. `*` is one segment or part of one, `**` any depth; `/admin/**` covers `/admin` too.',
  ),
  access: option(
    access,
    "Who may come: `'public'` (no identity looked up, none sent), `'optional'` (public, identity sent if known), `'guest'` (anonymous visitors get a guest identity), `'user'` (signed in), or one of `{ roles }`, `{ users }` (proven e-mail, user name or id), `{ emailDomains }` (proven addresses).",
  ),
  methods: v.optional(
    option(
      v.pipe(v.array(method), v.minLength(1, 'must name a method; leave it out for all')),
      'Only these methods. `GET` includes `HEAD`.',
    ),
  ),
  hosts: v.optional(
    option(
      v.pipe(texts, v.minLength(1, 'must name a host; leave it out for all')),
      'Only these hosts of the site.',
    ),
  ),
  fresh: v.optional(
    option(
      v.union([v.literal(true), duration], "must be true or a duration such as '15m'"),
      'Ask for the password again when the last real sign-in is older than this (`true`: than `session.fresh`).',
    ),
  ),
  mfa: v.optional(
    option(
      v.union([v.literal(true), duration], "must be true or a duration such as '1h'"),
      'Ask for a second factor: one shown in this session or by a device that is trusted (`true`), or one shown within this time.',
    ),
  ),
  via: v.optional(
    option(
      v.pipe(v.array(v.picklist(['session', 'token'])), v.minLength(1, "must name 'session' or 'token'")),
      'By which means: a browser session, or a token (access token, API key, what the `identify` hook recognises).',
    ),
    ['session', 'token'],
  ),
  scopes: v.optional(
    option(
      v.pipe(
        v.array(v.pipe(text, v.check(isScope, 'must be printable ASCII without spaces'))),
        v.minLength(1, 'must name a scope'),
      ),
      'What a token must be good for, all of it. Browser sessions are their owners and are not asked.',
    ),
  ),
  slide: v.optional(
    option(v.boolean('must be true or false'), 'Whether a navigation here keeps the session alive.'),
    true,
  ),
  deny: v.optional(
    option(
      v.picklist(['login', 401, 403, 404], "must be 'login', 401, 403 or 404"),
      "How anonymous visitors are refused: `'login'` sends navigations to the login page and answers 401 to everything else; a number always answers with it.",
    ),
    'login',
  ),
  preflight: v.optional(
    option(
      v.picklist(['refuse', 'pass', 'answer'], "must be 'refuse', 'pass' or 'answer'"),
      "CORS preflights carry no credentials: `'answer'` answers them by `cors` (the default with it), `'pass'` forwards them (without identity) so that the origin can answer, `'refuse'` (the default otherwise) treats them like any request.",
    ),
  ),
  cors: v.optional(
    option(
      v.strictObject({
        origins: option(
          v.pipe(
            v.array(
              v.pipe(
                bareUrl,
                v.check(isOrigin, 'must be an origin as browsers send it, such as https://app.acme.example'),
              ),
            ),
            v.minLength(1, 'must name an origin'),
          ),
          'Origins whose scripts may read the answers, compared exactly.',
        ),
        credentials: v.optional(
          option(
            v.literal(true, 'must be true'),
            'They may send cookies along. Without it only tokens identify anybody.',
          ),
        ),
        methods: v.optional(
          option(
            v.pipe(v.array(method), v.minLength(1, 'must name a method; leave it out for all')),
            'Methods that a preflight allows. Default: the one that is asked for, as far as the rule speaks of it.',
          ),
        ),
        headers: v.optional(option(v.array(headerName), 'Request headers that a preflight allows.'), [
          'Authorization',
          'Content-Type',
        ]),
        maxAge: v.optional(option(duration, 'How long a browser may remember a preflight.'), '10m'),
      }),
      'Scripts of other origins may read what lies here, refusals included. The gateway then says so instead of the origin; docs/single-page-apps.md.',
    ),
  ),
  revocation: v.optional(
    option(
      v.literal('strict', "must be 'strict'"),
      'Ask the database on each request whether the session has been ended or its account changed, instead of knowing it within `session.revocation`. Costs a D1 read per request.',
    ),
  ),
})

export type CheckedRule = v.InferOutput<typeof RULE>
