import type { Identity } from '../identity.ts'
import { type Encoding, encodeValue } from './encode-value.ts'

export type IdentityField = 'user' | 'id' | 'email' | 'name' | 'username' | 'groups' | 'kind' | 'assertion'

/** What the origin is told, and how. Resolved from the `identity` option. */
export interface IdentitySettings {
  readonly presets: readonly PresetName[]
  /** Own header names. */
  readonly headers: Readonly<Record<string, IdentityField>>
  readonly user: 'email' | 'username' | 'id'
  /** `null`: the preset's own. */
  readonly encoding: Encoding | null
  /** Whether X-Auth-Assertion is sent. */
  readonly assertion: boolean
  readonly strip: readonly string[]
  readonly pass: readonly string[]
}

interface Preset {
  readonly headers: Readonly<Record<string, IdentityField>>
  /** Between groups. `quoted` is `"a","b"`. */
  readonly separator: ',' | '|' | 'quoted'
  readonly encoding: Encoding
}

/** The header families that applications already read; docs/headers.md says which application reads which. */
const PRESETS = {
  'remote-user': preset({
    'Remote-User': 'user',
    'Remote-Email': 'email',
    'Remote-Name': 'name',
    'Remote-Groups': 'groups',
    'Remote-Sub': 'id',
  }),
  forwarded: preset({
    'X-Forwarded-User': 'user',
    'X-Forwarded-Email': 'email',
    'X-Forwarded-Preferred-Username': 'username',
    'X-Forwarded-Groups': 'groups',
  }),
  'auth-request': preset({
    'X-Auth-Request-User': 'user',
    'X-Auth-Request-Email': 'email',
    'X-Auth-Request-Preferred-Username': 'username',
    'X-Auth-Request-Groups': 'groups',
  }),
  webauth: preset({
    'X-WEBAUTH-USER': 'user',
    'X-WEBAUTH-EMAIL': 'email',
    'X-WEBAUTH-NAME': 'name',
    'X-WEBAUTH-FULLNAME': 'name',
    'X-WEBAUTH-GROUPS': 'groups',
  }),
  jenkins: preset(
    {
      'X-Forwarded-User': 'user',
      'X-Forwarded-Mail': 'email',
      'X-Forwarded-DisplayName': 'name',
      'X-Forwarded-Groups': 'groups',
    },
    '|',
  ),
  authentik: preset(
    {
      'X-authentik-username': 'username',
      'X-authentik-email': 'email',
      'X-authentik-name': 'name',
      'X-authentik-groups': 'groups',
      'X-authentik-uid': 'id',
      'X-authentik-jwt': 'assertion',
    },
    '|',
  ),
  'cf-access': preset({
    'Cf-Access-Authenticated-User-Email': 'email',
    'Cf-Access-Jwt-Assertion': 'assertion',
  }),
  pomerium: preset({
    'X-Pomerium-Claim-User': 'user',
    'X-Pomerium-Claim-Email': 'email',
    'X-Pomerium-Claim-Name': 'name',
    'X-Pomerium-Claim-Groups': 'groups',
    'X-Pomerium-Jwt-Assertion': 'assertion',
  }),
  vouch: preset(
    {
      'X-Vouch-User': 'user',
      'X-Vouch-IdP-Claims-Email': 'email',
      'X-Vouch-IdP-Claims-Name': 'name',
      'X-Vouch-IdP-Claims-Groups': 'groups',
    },
    'quoted',
  ),
  tailscale: preset({ 'Tailscale-User-Login': 'user', 'Tailscale-User-Name': 'name' }, ',', 'rfc2047'),
  'grafana-jwt': preset({ 'X-JWT-Assertion': 'assertion' }),
  tiddlywiki: preset({ 'X-Authenticated-User': 'user' }),
  bearer: preset({ Authorization: 'assertion' }),
} as const

function preset(
  headers: Preset['headers'],
  separator: Preset['separator'] = ',',
  encoding: Encoding = 'percent',
): Preset {
  return { headers, separator, encoding }
}

export type PresetName = keyof typeof PRESETS
export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]]

/**
 * Every header name that any preset sets: none of them may ever come from a visitor, whichever is in use. But for
 * `Authorization`, which is the site's own unless `bearer` takes it.
 */
export const PRESET_HEADERS: readonly string[] = Object.values(PRESETS)
  .flatMap(({ headers }) => Object.keys(headers))
  .filter((name) => name !== 'Authorization')

/** The names that these presets set. */
export function headersOf(presets: readonly PresetName[]): readonly string[] {
  return presets.flatMap((name) => Object.keys(PRESETS[name].headers))
}

export const ASSERTION_HEADER = 'X-Auth-Assertion'

type Header = readonly [name: string, value: string]
/** Whether a header says user names, so that a site may know people by them. */
export function tellsUsernames({ presets, headers, user }: IdentitySettings): boolean {
  const fields = [
    ...presets.flatMap((name) => Object.values(PRESETS[name].headers)),
    ...Object.values(headers),
  ]
  return fields.includes('username') || (user === 'username' && fields.includes('user'))
}

interface Plan {
  readonly name: string
  readonly field: IdentityField
  readonly separator: Preset['separator']
  readonly encoding: Encoding
}

/** Every name under which an origin of these settings may be told something, whether or not there is a value. */
export function identityNames(settings: IdentitySettings): readonly string[] {
  const names = [...headersOf(settings.presets), ...Object.keys(settings.headers)]
  if (settings.assertion) names.push(ASSERTION_HEADER)
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()]
}

/** Prepares the headers of one site. A value that is missing makes no header; guests have no user, only an id and a kind. */
export function compileIdentityHeaders(
  settings: IdentitySettings,
): (identity: Identity, assertion: string | null) => readonly Header[] {
  // By name: of two that mean the same header the later one counts, and the origin gets one.
  const plans = new Map<string, Plan>()
  const add = (plan: Plan) => plans.set(plan.name.toLowerCase(), plan)
  for (const name of settings.presets) {
    const { headers, separator, encoding } = PRESETS[name]
    for (const [header, field] of Object.entries(headers)) {
      add({ name: header, field, separator, encoding: settings.encoding ?? encoding })
    }
  }
  for (const [name, field] of Object.entries(settings.headers)) {
    add({ name, field, separator: ',', encoding: settings.encoding ?? 'percent' })
  }
  if (settings.assertion)
    add({ name: ASSERTION_HEADER, field: 'assertion', separator: ',', encoding: 'percent' })

  return (identity, assertion) => {
    const headers: Header[] = []
    for (const plan of plans.values()) {
      const value = plan.field === 'assertion' ? assertion : fieldValue(plan, identity, settings.user)
      if (value === null || value === '') continue
      headers.push([plan.name, plan.name === 'Authorization' ? `Bearer ${value}` : value])
    }
    return headers
  }
}

function fieldValue(
  { field, separator, encoding }: Plan,
  identity: Identity,
  user: IdentitySettings['user'],
): string | null {
  switch (field) {
    case 'id':
      return encodeValue(identity.id, encoding)
    case 'kind':
      return identity.kind
    case 'user':
      // Applications create an account for every user name they see; a guest is not one.
      return identity.kind === 'guest'
        ? null
        : encodeOptional(identity[user] ?? identity.email ?? identity.username ?? identity.id, encoding)
    case 'groups':
      return joinGroups(identity.roles, separator, encoding)
    case 'email':
    case 'name':
    case 'username':
      return encodeOptional(identity[field], encoding)
    case 'assertion':
      return null
  }
}

function encodeOptional(value: string | null, encoding: Encoding): string | null {
  return value === null ? null : encodeValue(value, encoding)
}

/** A group that holds the separator has it percent-encoded: nobody joins a second group by a name. */
function joinGroups(groups: readonly string[], separator: Preset['separator'], encoding: Encoding): string {
  const special = separator === 'quoted' ? /[",]/g : separator === ',' ? /,/g : /\|/g
  const encoded = groups
    .filter((group) => group !== '')
    .map((group) => encodeValue(group, encoding).replaceAll(special, (char) => encodeURIComponent(char)))
  return separator === 'quoted' ? encoded.map((group) => `"${group}"`).join(',') : encoded.join(separator)
}
