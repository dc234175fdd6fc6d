import * as v from 'valibot'
import type { ApiKey } from '../../src/token/api-keys.ts'
import { draftKey, KEY_FORM, type KeyForm } from '../../src/token/key-form.ts'
import { auditOf, findUser, withEntities } from '../accounts.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { type Output, table, when } from '../output.ts'
import { resolveSettings } from '../settings.ts'

type Action = (words: readonly string[], flags: Flags, output: Output) => Promise<void>

const ACTIONS: Readonly<Record<string, Action>> = { add, list, revoke }

/** `edgegate key …`: API keys of users and service accounts. */
export async function runKey(words: readonly string[], flags: Flags, output: Output): Promise<number> {
  const [name = '', ...rest] = words
  const action = ACTIONS[name]
  if (!action) throw new Failure(`\`edgegate key\` takes one of: ${Object.keys(ACTIONS).join(', ')}.`, 2)
  await action(rest, flags, output)
  return 0
}

async function add([owner]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const site = await siteOf(flags)
  const form = formOf(flags)
  const { text, key } = await withEntities(flags, async (entities) => {
    const user = await findUser(entities, owner)
    const draft = await draftKey(form, user, site, entities.now())
    const [inserted] = await entities.db.batch([
      entities.apiKeys.insert(draft.key),
      auditOf(entities, 'key.made', user, {
        key: draft.key.id,
        name: draft.key.name,
        scopes: [...form.scopes],
      }),
    ])
    if (inserted?.meta.changes !== 1) throw new Failure(`${owner} has 100 keys already: revoke one first.`)
    return draft
  })
  output.value(
    { ...publicKey({ ...key, usedAt: null }), key: text },
    () =>
      `Keep this now, it is not shown again:\n\n  ${text}\n\nGood on ${site} until ${key.expiresAt === null ? 'it is revoked' : when(key.expiresAt)}.`,
  )
}

function formOf(flags: Flags): KeyForm {
  const orAll = (list: readonly string[]) => (list.length === 0 ? null : list)
  const parsed = v.safeParse(KEY_FORM, {
    name: flags.name ?? '',
    scopes: flags.scope,
    paths: orAll(flags.path),
    methods: orAll(flags.method.map((method) => method.toUpperCase())),
    expires: flags.expires === 'never' ? null : (flags.expires ?? '90d'),
  })
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw new Failure(`--${issue.path?.[0]?.key} ${issue.message}.`, 2)
}

/** A key is good on one site: the one that `--host` names, or the only one. */
async function siteOf(flags: Flags): Promise<string> {
  const { sites } = await resolveSettings(flags)
  const keys = new Set([...sites.values()].map(({ key }) => key))
  const named = flags.host === undefined ? undefined : sites.get(flags.host.toLowerCase())?.key
  const [only] = keys
  if (flags.host !== undefined && named === undefined)
    throw new Failure(`--host ${flags.host} is none of: ${[...sites.keys()].join(', ')}.`, 2)
  if (named === undefined && keys.size > 1)
    throw new Failure(`Say on which site the key is good: --host with one of ${[...keys].join(', ')}.`, 2)
  if (named === undefined && only === undefined) throw new Failure('The configuration names no site.')
  return named ?? only ?? ''
}

async function list([owner]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const keys = await withEntities(flags, async (entities) =>
    entities.apiKeys.listOf((await findUser(entities, owner)).id),
  )
  output.value(keys.map(publicKey), () =>
    keys.length === 0
      ? `${owner} has no keys.`
      : table(
          ['ID', 'NAME', 'BEGINS', 'SITE', 'SCOPES', 'LIMITS', 'USED', 'ENDS'],
          keys.map((key) => [
            key.id,
            key.name,
            key.hint,
            key.site,
            key.scopes.join(' ') || '–',
            [...(key.methods ?? []), ...(key.paths ?? [])].join(' ') || '–',
            when(key.usedAt),
            when(key.expiresAt),
          ]),
        ),
  )
}

async function revoke([id]: readonly string[], flags: Flags, output: Output): Promise<void> {
  const key = await withEntities(flags, async (entities) => {
    const key = await entities.apiKeys.findById(id ?? '')
    if (!key) throw new Failure(`There is no key '${id ?? ''}'. \`edgegate key list USER\` shows them.`)
    await entities.announce.end(key.id, [
      entities.apiKeys.remove(key.id),
      auditOf(entities, 'key.revoked', { id: key.userId }, { key: key.id, name: key.name }),
    ])
    return key
  })
  output.value(
    { id: key.id },
    () => `Revoked ${key.name}. It holds everywhere within \`session.revocation\`.`,
  )
}

function publicKey(key: ApiKey) {
  const { id, userId, site, name, hint, scopes, paths, methods, createdAt, expiresAt, usedAt } = key
  return { id, userId, site, name, hint, scopes, paths, methods, createdAt, expiresAt, usedAt }
}
