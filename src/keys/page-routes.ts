import * as v from 'valibot'
import { accountFrame } from '../http/account-frame.ts'
import { asUser, refuseStranger } from '../http/as-user.ts'
import { readForm } from '../http/body.ts'
import { seeOther } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import type { Current } from '../session/current.ts'
import { KEY_FORM, type KeyForm } from '../token/key-form.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { endProgram, makeKey, revokeKey } from './keys.ts'
import { EXPIRIES, type KeysPageProps, renderKeysPage, type TypedKey } from './page.tsx'

export const keyPageRoutes: readonly Route[] = [
  { path: '/account/keys', kind: 'page', GET: showKeys, POST: postKeys },
  { path: '/account/keys/new', kind: 'page', GET: backToKeys, POST: postNewKey },
]

type State = Partial<Pick<KeysPageProps, 'made' | 'problem' | 'wrong' | 'typed' | 'done'>>

function showKeys(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', (visitor) => {
    const done = visit.query.get('done')
    return keysPage(services, site, visit, visitor, 200, {
      done: done === 'revoked' || done === 'ended' ? done : null,
    })
  })
}

/** Where the browser goes on a reload of what it has posted, or after the password was confirmed: to the form. */
function backToKeys(services: Services, site: Site): Promise<Response> {
  return Promise.resolve(seeOther(site, `${services.settings.basePath}/account/keys`))
}

/** The small forms of the lists: `action` says which. What was done is said after a redirect. */
function postKeys(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asUser(services, site, visit, 'page', async (visitor) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const to = (done: string) => seeOther(site, `${services.settings.basePath}/account/keys?done=${done}`)
    const id = form.value.get('id') ?? ''
    switch (form.value.get('action')) {
      case 'revoke':
        await revokeKey(services, visit, visitor, id)
        return to('revoked')
      case 'end':
        await endProgram(services, visit, visitor, id)
        return to('ended')
      default:
        return await ownError({ kind: 'page' }, services, site, visit, 'invalid_request')
    }
  })
}

/** The answer shows the key, so it is no redirect; nothing stores it. */
function postNewKey(services: Services, site: Site, visit: Visit): Promise<Response> {
  const make = async (visitor: Current) => {
    const form = await readForm(visit.request)
    if (!form.ok) return await ownError({ kind: 'page' }, services, site, visit, form.code)
    const typed = typedIn(form.value)
    const parsed = v.safeParse(KEY_FORM, formOf(typed))
    if (!parsed.success) {
      const wrong = parsed.issues.map((issue) => String(issue.path?.[0]?.key ?? ''))
      return await keysPage(services, site, visit, visitor, 400, { typed, problem: 'fields', wrong })
    }
    const made = await makeKey(services, visit, visitor, parsed.output)
    if (made.kind === 'over') return refuseStranger(services, site, visit, 'page')
    return made.kind === 'too_many'
      ? await keysPage(services, site, visit, visitor, 409, { typed, problem: 'too_many' })
      : await keysPage(services, site, visit, visitor, 201, { made })
  }
  return asUser(services, site, visit, 'page', make, 'fresh_with_mfa')
}

function typedIn(fields: ReadonlyMap<string, string>): TypedKey {
  const expires = fields.get('expires') ?? ''
  return {
    name: (fields.get('name') ?? '').slice(0, 512),
    scopes: (fields.get('scopes') ?? '').slice(0, 4096),
    paths: (fields.get('paths') ?? '').slice(0, 16_384),
    access: fields.get('access') === 'read' ? 'read' : 'all',
    expires: EXPIRIES.find((one) => one === expires) ?? '90d',
  }
}

function formOf(typed: TypedKey): Record<keyof KeyForm, unknown> {
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== '')
  const paths = words(typed.paths)
  return {
    name: typed.name,
    scopes: words(typed.scopes),
    paths: paths.length === 0 ? null : paths,
    methods: typed.access === 'read' ? ['GET'] : null,
    expires: typed.expires === 'never' ? null : typed.expires,
  }
}

async function keysPage(
  services: Services,
  site: Site,
  visit: Visit,
  visitor: Current,
  status: number,
  state: State,
): Promise<Response> {
  const { apiKeys, refreshFamilies, settings, now } = services
  const [frame, keys, programs] = await Promise.all([
    accountFrame(services, site, visit, visitor),
    apiKeys.listOf(visitor.identity.id),
    refreshFamilies.listOf(visitor.identity.id),
  ])
  const body = renderKeysPage({
    frame,
    now: now(),
    keys,
    programs,
    made: null,
    problem: null,
    wrong: [],
    done: null,
    mayMake: visitor.isFresh(settings.session.freshSeconds),
    typed: { name: '', scopes: '', paths: '', access: 'all', expires: '90d' },
    ...state,
  })
  return htmlResponse(body, { status, theme: frame.theme, https: site.secure })
}
