import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { findUser } from '../cli/accounts.ts'
import { loadConfig, ROOT } from '../cli/project.ts'
import { openEntities, withBindings } from '../cli/storage.ts'
import { isLoopback } from '../src/config/loopback.ts'
import { resolveConfig } from '../src/config/resolve.ts'
import type { Settings, SiteSettings } from '../src/config/settings.ts'
import { MFA } from '../src/factor/policy.ts'
import { agentFamily } from '../src/session/client.ts'
import { cookieNames } from '../src/session/cookie.ts'
import { createRefreshFamilies } from '../src/token/refresh-families.ts'
import { parseSecrets } from '../src/token/secrets.ts'
import { siteAccessTokens, siteKeys } from '../src/token/site-keys.ts'
import { identityOf } from '../src/user/user.ts'

/** How somebody has signed in, for a test. */
export interface SignIn {
  /** An e-mail address, a user name or an id; the account must be there (`edgegate user add`). */
  readonly user: string
  /** `User-Agent` of the test's requests: from another one a session is not fresh. Default: Node's. */
  readonly userAgent?: string
  /** Whether a second factor was shown. */
  readonly mfa?: boolean
  /** Minutes since the sign-in; with more than `session.fresh` it is not fresh. */
  readonly minutesAgo?: number
}

export interface TestSignIns {
  /** A `Cookie` header that is signed in. */
  cookie(signIn: SignIn): Promise<string>
  /** An access token, with the scopes given or all. */
  accessToken(signIn: SignIn & { readonly scope?: string }): Promise<string>
}

/**
 * Signs accounts in for the tests of a site, without its login form: writes what a sign-in writes into the local storage of `edgegate dev`.
 * There is no address of the gateway that does this. It needs the files of the storage and the secret beside them, and refuses every
 * address that is not this machine's.
 */
export async function withSignIns<T>(
  options: {
    /** Where `edgegate dev` listens. Default http://localhost:8787. */
    readonly url?: string
    readonly config?: string
    /** The storage folder of `edgegate dev`. */
    readonly state?: string
  },
  work: (signIns: TestSignIns) => Promise<T>,
): Promise<T> {
  const { url = 'http://localhost:8787', config = path.join(ROOT, 'edgegate.config.ts') } = options
  const state = path.resolve(options.state ?? path.join(ROOT, '.edgegate/state'))
  const { host, hostname } = new URL(url)
  if (!isLoopback(hostname))
    throw new TypeError(`${url} is not this machine: there is no signing in by test there`)
  const resolved = resolveConfig(await loadConfig(config), { EDGEGATE_DEV: url })
  if (!resolved.ok)
    throw new TypeError(resolved.problems.map(({ option, message }) => `${option}: ${message}`).join('; '))
  const { settings } = resolved
  const site = settings.sites.get(host)
  if (!site) throw new TypeError(`the configuration has no site at ${url}`)
  return await withBindings({ kind: 'local', state }, async (bindings) => {
    const entities = openEntities(bindings, settings.session)
    return await work(signInsOf(entities, settings, site, secretIn(state)))
  })
}

function secretIn(state: string) {
  const file = path.join(state, 'secret')
  if (!existsSync(file)) throw new TypeError(`${state} is no storage of \`edgegate dev\`: it has no secret`)
  const parsed = parseSecrets(readFileSync(file, 'utf8').trim())
  if (!parsed.ok) throw new TypeError(parsed.problem)
  return parsed.secrets
}

function signInsOf(
  entities: ReturnType<typeof openEntities>,
  settings: Settings,
  site: SiteSettings,
  secrets: ReturnType<typeof secretIn>,
): TestSignIns {
  const { users, sessions, db, now } = entities
  const families = createRefreshFamilies(db, users, {
    lifeSeconds: settings.tokens.refreshSeconds,
    secret: () => secrets.derive('edgegate/refresh-token', 32),
    now,
  })
  const accessTokens = siteAccessTokens(site, siteKeys(site, secrets, 'access-token'), {
    basePath: settings.basePath,
    lifetimeSeconds: settings.tokens.accessSeconds,
  })
  const about = ({ userAgent = 'node', mfa = false, minutesAgo = 0 }: SignIn) => ({
    methods: mfa ? ['pwd', 'otp', MFA] : ['pwd'],
    client: { agent: agentFamily(userAgent), network: '127.0.0.1', place: null },
    authenticatedAt: now() - minutesAgo * 60_000,
  })

  return {
    async cookie(signIn) {
      const user = await findUser(entities, signIn.user)
      const { methods, client, authenticatedAt } = about(signIn)
      const { token } = await sessions.start({
        site: site.key,
        identity: identityOf(user),
        methods,
        client,
        authenticatedAt,
        mfaAt: signIn.mfa ? authenticatedAt : null,
        mfaDueAt: null,
        trust: null,
        remembered: false,
        family: null,
        data: {},
        mergedFrom: null,
        position: user.position,
      })
      return `${cookieNames(site.secure).session}=${token}`
    },

    async accessToken(signIn) {
      const user = await findUser(entities, signIn.user)
      const { methods, client, authenticatedAt } = about(signIn)
      const scope = signIn.scope ?? '*'
      const { id, statement } = await families.begin({
        userId: user.id,
        site: site.key,
        clientId: 'test',
        scope,
        methods,
        client,
        authenticatedAt,
        position: user.position,
      })
      await db.batch([statement])
      const grant = {
        identity: identityOf(user),
        familyId: id,
        clientId: 'test',
        scopes: scope.split(' '),
        position: user.position,
        methods,
        authenticatedAt: authenticatedAt / 1000,
        fresh: true,
      }
      return (await accessTokens.sign(grant, now() / 1000)).token
    },
  }
}
