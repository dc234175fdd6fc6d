/**
 * Every option, once: its type, default and meaning. The checks, the TypeScript types, `edgegate check` and
 * docs/configuration.md all come from here.
 */
import * as v from 'valibot'
import { checkPattern } from '../gate/pattern.ts'
import type { Hooks } from '../hooks/hooks.ts'
import { type Duration, parseDuration } from '../lib/duration.ts'
import { PRESET_NAMES } from '../origin/presets.ts'
import { checkColor } from '../ui/theme.ts'

const duration = v.custom<Duration>(
  (text) => typeof text === 'string' && parseDuration(text) !== null,
  "is not a duration such as '90s', '15m', '12h' or '30d'",
)
const text = v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'))
const url = v.pipe(text, v.check(isAbsoluteUrl, 'must be an absolute http(s) URL'))
const bareUrl = v.pipe(
  text,
  v.check(isBareOrigin, 'must be an http(s) URL without path, query or credentials'),
)
const headerName = v.pipe(
  text,
  v.regex(/^[A-Za-z0-9-]+$/, 'must be a header name of letters, digits and dashes'),
)
const color = v.pipe(
  text,
  v.check((value) => checkColor(value) === null, 'must be a colour such as #1f6feb'),
)
const texts = v.array(text)
const positive = v.pipe(
  v.number('must be a number'),
  v.integer('must be whole'),
  v.minValue(1, 'must be 1 or more'),
)

/** An option: what it takes, and the sentence that documents it. */
function option<const S extends v.GenericSchema>(schema: S, description: string) {
  return v.pipe(schema, v.description(description))
}

const access = v.union(
  [
    v.picklist(['public', 'optional', 'guest', 'user']),
    v.strictObject({ roles: v.pipe(texts, v.minLength(1, 'must name a role')) }),
    v.strictObject({ users: v.pipe(texts, v.minLength(1, 'must name a user')) }),
    v.strictObject({ emailDomains: v.pipe(texts, v.minLength(1, 'must name a domain')) }),
  ],
  "must be 'public', 'optional', 'guest', 'user', { roles: […] }, { users: […] } or { emailDomains: […] }",
)

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
      v.pipe(
        v.array(v.pipe(text, v.regex(/^[A-Z]+$/, 'must be upper-case'))),
        v.minLength(1, 'must name a method; leave it out for all'),
      ),
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
      v.literal(true, 'must be true'),
      'Ask for a second factor. This version has none and refuses everybody: 403.',
    ),
  ),
  via: v.optional(
    option(
      v.pipe(v.array(v.picklist(['session', 'token'])), v.minLength(1, "must name 'session' or 'token'")),
      'By which means: a browser session, or what the `identify` hook recognises.',
    ),
    ['session', 'token'],
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
      v.picklist(['refuse', 'pass'], "must be 'refuse' or 'pass'"),
      'CORS preflights carry no credentials: `pass` forwards them (without identity) so that the origin can answer.',
    ),
    'refuse',
  ),
})

export const SITE = v.strictObject({
  name: option(text, 'The name that pages show.'),
  url: option(
    bareUrl,
    'The public address. Its host is the only one this site answers to; links and cookies are built from it.',
  ),
  hosts: v.optional(option(texts, 'More hosts that this site answers to. Each has its own cookies.'), []),
  logo: v.optional(
    option(text, 'Address of a logo for the pages: a path of the site that is public, or an https URL.'),
  ),
  colors: v.optional(
    option(
      v.strictObject({
        accent: option(color, 'In light mode; text on it turns black or white by contrast.'),
        accentDark: v.optional(option(color, 'In dark mode. Default: derived from `accent`.')),
      }),
      'Accent colour of buttons and links, and one for dark mode.',
    ),
  ),
  links: v.optional(
    option(
      v.array(
        v.strictObject({ label: option(text, 'What the link says.'), url: option(url, 'Where it leads.') }),
      ),
      'Links at the foot of the pages (imprint, privacy).',
    ),
    [],
  ),
})

export const ORIGIN = v.union(
  [
    v.strictObject({
      url: option(bareUrl, 'Address of the site behind the gateway.'),
      timeout: v.optional(option(duration, 'How long the origin may take to begin an answer.'), '30s'),
    }),
    v.strictObject({
      service: option(text, 'Name of a service binding in wrangler.toml.'),
      timeout: v.optional(option(duration, 'How long the origin may take to begin an answer.'), '30s'),
    }),
    v.strictObject({
      assets: option(text, 'Name of the static assets binding (set `run_worker_first = true`).'),
    }),
  ],
  'must be { url }, { service } or { assets }',
)

const identityField = v.picklist(['user', 'id', 'email', 'name', 'username', 'groups', 'kind', 'assertion'])

export const IDENTITY = v.strictObject({
  headers: v.optional(
    option(
      v.array(
        v.union(
          [v.picklist(PRESET_NAMES), v.record(headerName, identityField)],
          'must be a preset or { "Header": field }',
        ),
      ),
      'Presets and own names. docs/headers.md lists them.',
    ),
    ['remote-user'],
  ),
  user: v.optional(option(v.picklist(['email', 'username', 'id']), 'What the user header holds.'), 'email'),
  encoding: v.optional(
    option(
      v.picklist(['percent', 'rfc2047', 'quoted-printable', 'utf-8']),
      "How text beyond ASCII is written into headers. Default: the preset's own, which is percent-encoded UTF-8 for most.",
    ),
  ),
  assertion: v.optional(
    option(
      v.union([v.literal(false), v.picklist(['ES256', 'EdDSA'])], "must be 'ES256', 'EdDSA' or false"),
      'Signature of `X-Auth-Assertion`, or `false` to send none.',
    ),
    'ES256',
  ),
  audience: v.optional(
    option(
      text,
      "`aud` of the assertion. Default: the origin's URL, or the site's where the origin is a binding.",
    ),
  ),
  strip: v.optional(
    option(v.array(headerName), 'More request headers that a visitor may never send to the origin.'),
    [],
  ),
  pass: v.optional(
    option(
      v.array(headerName),
      'Names that are stripped by default and that this origin needs from the visitor.',
    ),
    [],
  ),
})

export const SESSION = v.strictObject({
  idle: v.optional(option(duration, 'A session ends when nobody navigated for this long.'), '12h'),
  absolute: v.optional(option(duration, 'A session ends at this age, whatever happens.'), '7d'),
  remember: v.optional(
    option(
      v.union([v.literal(false), duration], "must be a duration such as '30d' or false"),
      'Life of "keep me signed in", or `false` to not offer it.',
    ),
    '30d',
  ),
  fresh: v.optional(option(duration, 'How long a real sign-in counts as fresh.'), '15m'),
  protection: v.optional(
    option(
      v.picklist(['none', 'basic', 'strong']),
      'When browser family or network change within a session: nothing, not fresh any more, or the session ends.',
    ),
    'basic',
  ),
  store: v.optional(
    option(
      v.picklist(['kv', 'd1']),
      'Where sessions live. KV is fast everywhere; D1 is exact at once and costs a database read per request.',
    ),
    'kv',
  ),
})

function budget(attempts: number) {
  return v.strictObject({
    attempts: v.optional(option(positive, 'Failures before delays begin.'), attempts),
    delay: v.optional(option(duration, 'The first delay; each further failure doubles it.'), '15s'),
    maxDelay: v.optional(option(duration, 'The longest delay.'), '15m'),
    forget: v.optional(option(duration, 'Failures are forgotten after this long without one.'), '1d'),
  })
}

const hook = v.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
)

export const CONFIG = v.strictObject({
  site: v.optional(
    option(
      SITE,
      'The one site. Several sites: use `sites` instead of `site`, `origin`, `rules` and `identity`.',
    ),
  ),
  origin: v.optional(option(ORIGIN, 'The site behind the gateway.')),
  rules: v.optional(option(v.array(RULE), 'First match wins; a path that no rule names needs a login.')),
  identity: v.optional(option(IDENTITY, 'What the origin is told about the visitor.')),
  sites: v.optional(
    option(
      v.pipe(
        v.array(
          v.strictObject({
            site: SITE,
            origin: ORIGIN,
            rules: v.optional(v.array(RULE), []),
            identity: v.optional(IDENTITY, {}),
          }),
        ),
        v.minLength(1, 'must name a site'),
      ),
      'Several sites by host, each with its own origin, rules, identity and cookies. They share the users.',
    ),
  ),
  basePath: v.optional(
    option(
      v.pipe(text, v.regex(/^\/[a-z0-9-]+$/, 'must be one lower-case segment such as /auth')),
      "Where the gateway's own pages live.",
    ),
    '/auth',
  ),
  session: v.optional(option(SESSION, 'How long a sign-in lasts.'), {}),
  password: v.optional(
    option(
      v.strictObject({
        minLength: v.optional(
          option(
            v.pipe(
              v.number(),
              v.integer(),
              v.minValue(8, 'must be 8 or more'),
              v.maxValue(64, 'must be 64 or less'),
            ),
            'Shortest password, in characters. NIST SP 800-63B-4 asks for 15 where the password is the only factor.',
          ),
          15,
        ),
        words: v.optional(option(texts, 'Words of your organisation that make a bad password.'), []),
        breached: v.optional(
          option(
            v.union(
              [v.literal(false), v.literal(true), url],
              'must be true, false or the URL of a range API',
            ),
            'Ask a breached-password range API (k-anonymity: five characters of a hash leave the Worker). `true` is api.pwnedpasswords.com. When it does not answer, the password is accepted and a log line says so.',
          ),
          false,
        ),
      }),
      'What makes a good password. The same for pages, API and command line.',
    ),
    {},
  ),
  throttle: v.optional(
    option(
      v.union(
        [
          v.literal('off'),
          v.strictObject({
            account: v.optional(option(budget(5), 'Per account, whatever name it was called by.'), {}),
            network: v.optional(option(budget(50), 'Per IPv4 address or IPv6 /64.'), {}),
          }),
        ],
        "must be { account, network } or 'off'",
      ),
      "Limits on failed sign-ins, exact across the world. `'off'` is refused outside localhost.",
    ),
    {},
  ),
  next: v.optional(
    option(
      v.strictObject({
        allow: v.optional(
          option(v.array(url), 'Absolute URLs that may be returned to, compared exactly.'),
          [],
        ),
      }),
      'Where a visitor may be sent after signing in, besides paths of the site.',
    ),
    {},
  ),
  registration: v.optional(
    option(
      v.strictObject({
        mode: v.optional(
          option(v.picklist(['invite', 'closed']), 'Both mean: the operator makes the accounts.'),
          'invite',
        ),
      }),
      'Who may create an account. This version has no registration page: accounts come from `edgegate user add`.',
    ),
    {},
  ),
  audit: v.optional(
    option(
      v.strictObject({
        retention: v.optional(option(duration, 'How long rows stay in the audit table.'), '90d'),
      }),
      'The audit log.',
    ),
    {},
  ),
  hooks: v.optional(
    option(
      v.strictObject({
        identify: v.optional(
          option(
            hook,
            'Recognise a visitor by the request (a token of your own): an identity, `null` (not mine) or `{ refused }`.',
          ),
        ),
        claims: v.optional(option(hook, 'More claims for the assertion.')),
        onLogin: v.optional(option(hook, 'After a session started.')),
        onLogout: v.optional(option(hook, 'After a session was ended by its owner.')),
        onDenied: v.optional(option(hook, 'Before a refusal is answered; may return a Response of its own.')),
      }),
      'Your own code at the decisive moments; docs/hooks.md.',
    ),
    {},
  ),
})

/** What a config file writes. */
export type Config = Omit<v.InferInput<typeof CONFIG>, 'hooks'> & { readonly hooks?: Hooks }
/** The same with every default filled in. */
export type CheckedConfig = v.InferOutput<typeof CONFIG>
export type CheckedRule = v.InferOutput<typeof RULE>
export type CheckedSite = v.InferOutput<typeof SITE>
export type CheckedOrigin = v.InferOutput<typeof ORIGIN>
export type CheckedIdentity = v.InferOutput<typeof IDENTITY>

function isAbsoluteUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}

function isBareOrigin(value: string): boolean {
  if (!isAbsoluteUrl(value)) return false
  const { pathname, search, hash, username, password } = new URL(value)
  return pathname === '/' && search === '' && hash === '' && username === '' && password === ''
}
