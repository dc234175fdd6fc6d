/**
 * Every option, once: its type, default and meaning. The checks, the TypeScript types, `edgegate check` and
 * docs/configuration.md all come from here.
 */
import * as v from 'valibot'
import type { Hooks } from '../hooks/hooks.ts'
import { ACCOUNT, LOGIN, REGISTRATION } from './account-schema.ts'
import { MAIL } from './mail-schema.ts'
import { RULE } from './rule-schema.ts'
import { IDENTITY, ORIGIN, SITE } from './site-schema.ts'
import { TOKENS } from './token-schema.ts'
import { duration, option, positive, secretName, size, text, texts, url } from './values.ts'

/** Sealed and as text it must fit into a row of D1 (2 MB). */
const MAX_KEPT_BYTES = 2 ** 20

const SESSION = v.strictObject({
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
  revocation: v.optional(
    option(
      v.union([v.literal('eventual'), duration], "must be a duration such as '10s' or 'eventual'"),
      "Ended sessions, disabled accounts and changed roles take effect everywhere within this time. `'eventual'`: when KV has told, usually within a minute, and changed roles within a tenth of `idle`.",
    ),
    '10s',
  ),
  grace: v.optional(
    option(duration, 'How long sessions that are in memory already go on while KV or D1 is away. Then 503.'),
    '5m',
  ),
  store: v.optional(
    option(
      v.picklist(['kv', 'd1']),
      'Where sessions live. KV is fast everywhere; D1 is exact at once and costs a database read per request.',
    ),
    'kv',
  ),
})

const MFA = v.strictObject({
  policy: v.optional(
    option(
      v.union(
        [
          v.picklist(['off', 'optional', 'required']),
          v.strictObject({ requiredFor: v.pipe(texts, v.minLength(1, 'must name a role')) }),
        ],
        "must be 'off', 'optional', 'required' or { requiredFor: […] }",
      ),
      "Who must have a second factor: nobody (`'optional'`), accounts with one of these roles, or everybody. `'off'` offers none. Whoever has set one up is always asked for it.",
    ),
    'optional',
  ),
  grace: v.optional(
    option(
      v.union([v.literal(false), duration], "must be a duration such as '7d' or false"),
      'How long an account that must have a second factor may sign in without, from the first sign-in at which it is told so. `false`: not at all.',
    ),
    '7d',
  ),
  trust: v.optional(
    option(
      v.union([v.literal(false), duration], "must be a duration such as '30d' or false"),
      'How long "trust this device" spares the second factor, or `false` to not offer it.',
    ),
    '30d',
  ),
  emailCode: v.optional(
    option(
      v.boolean('must be true or false'),
      'A code by e-mail counts as the second factor of an account that must have one and has no other. Weaker than the rest: whoever reads the mail can reset the password as well. Needs `mail`.',
    ),
    false,
  ),
  passkeyDomain: v.optional(
    option(
      v.pipe(
        text,
        v.regex(
          /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
          'must be a domain such as acme.example',
        ),
      ),
      'The domain that passkeys are made for, so that several sites share them: the parent of all, or the host of one. Passkeys made before it is changed are of no use afterwards.',
    ),
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
  tokens: v.optional(option(TOKENS, 'Access and refresh tokens of programs; docs/tokens.md.'), {}),
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
  mfa: v.optional(option(MFA, 'Second factors; docs/sign-in.md.'), {}),
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
  posts: v.optional(
    option(
      v.strictObject({
        keep: v.optional(
          option(
            v.union([v.literal(false), size(MAX_KEPT_BYTES)], "must be a size up to '1MiB' or false"),
            'The largest form post that survives a sign-in, or `false` to keep none.',
          ),
          '256KiB',
        ),
      }),
      'Form posts that meet a session which has ended; docs/rules.md.',
    ),
    {},
  ),
  handoff: v.optional(
    option(
      v.boolean('must be true or false'),
      'Whether a sign-in may be approved from another device; docs/handoff.md.',
    ),
    true,
  ),
  registration: v.optional(option(REGISTRATION, 'Who may create an account.'), {}),
  login: v.optional(option(LOGIN, 'Ways to sign in.'), {}),
  account: v.optional(option(ACCOUNT, 'What owners do with their accounts; docs/accounts.md.'), {}),
  mail: v.optional(
    option(
      MAIL,
      'How mails are sent; docs/mail.md. Without it nothing that needs mail is offered. Under `edgegate dev` mails land at `/auth/dev/mail` instead.',
    ),
  ),
  turnstile: v.optional(
    option(
      v.strictObject({
        siteKey: option(
          v.pipe(
            text,
            v.regex(/^[0-9A-Za-z_-]{1,100}$/, 'must be the key that Cloudflare shows for the widget'),
          ),
          'The public key of the widget.',
        ),
        secret: v.optional(
          option(secretName, 'Name of the secret that holds the secret key.'),
          'TURNSTILE_SECRET',
        ),
        on: v.optional(
          option(v.array(v.picklist(['login', 'register', 'forgot'])), 'The forms that ask for it.'),
          ['login', 'register', 'forgot'],
        ),
      }),
      'Asks visitors to pass Cloudflare Turnstile; docs/turnstile.md. Those forms then need JavaScript. Off under `edgegate dev`.',
    ),
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
        onMerge: v.optional(
          option(
            hook,
            'After a guest has signed in to an account that was there before, once for each guest.',
          ),
        ),
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
