import * as v from 'valibot'
import { PRESET_NAMES } from '../origin/presets.ts'
import { bareUrl, color, duration, headerName, option, text, texts, url } from './values.ts'

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

const originSecret = v.optional(
  option(
    v.strictObject({
      header: option(headerName, 'Name of the header.'),
      variable: option(
        v.pipe(text, v.regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable')),
        'Name of the Worker secret that holds its value, 32 characters or more.',
      ),
    }),
    'A header that every request to the origin carries, so that the origin can refuse whoever is not the gateway (docs/lock-the-origin.md).',
  ),
)

export const ORIGIN = v.union(
  [
    v.strictObject({
      url: option(bareUrl, 'Address of the site behind the gateway.'),
      timeout: v.optional(option(duration, 'How long the origin may take to begin an answer.'), '30s'),
      secret: originSecret,
    }),
    v.strictObject({
      service: option(text, 'Name of a service binding in wrangler.toml.'),
      timeout: v.optional(option(duration, 'How long the origin may take to begin an answer.'), '30s'),
    }),
    v.strictObject({
      assets: option(text, 'Name of the static assets binding (set `run_worker_first = true`).'),
    }),
    v.strictObject({
      forwardAuth: option(
        v.literal(true, 'must be true'),
        'Another proxy stands before the site and asks `/auth/check` about each request; docs/forward-auth.md. Nothing is forwarded from here.',
      ),
    }),
  ],
  'must be { url }, { service }, { assets } or { forwardAuth: true }',
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

export type CheckedSite = v.InferOutput<typeof SITE>
export type CheckedOrigin = v.InferOutput<typeof ORIGIN>
export type CheckedIdentity = v.InferOutput<typeof IDENTITY>
