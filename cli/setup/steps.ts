import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Failure } from '../failure.ts'
import { addRoute, hasRoute, isShippedConfig, writeConfig } from './files.ts'
import type { Plan } from './plan.ts'
import type { WranglerResult } from './wrangler.ts'

/** One step of a set-up. Doing it again changes nothing. */
export interface Step {
  readonly name: string
  /** What it does, for `--dry-run` and before it is done. */
  readonly says: string
  /** Whether there is nothing to do. `null`: only the account can tell, which a dry run does not ask. */
  readonly isDone: () => Promise<boolean> | boolean
  readonly asksAccount: boolean
  readonly run: () => Promise<void>
}

export interface SetupWorld {
  readonly root: string
  readonly config: string
  readonly wrangler: (words: readonly string[], capture?: boolean) => Promise<WranglerResult>
  /** Throws with every problem that is left in the two files. */
  readonly check: () => Promise<void>
  readonly hasAdmin: () => Promise<boolean>
  /** Invites the first administrator; shows the link. */
  readonly inviteAdmin: () => Promise<void>
}

/** From the two files to the first administrator, in the order in which each may rely on those before. */
export function stepsOf(plan: Plan, world: SetupWorld): readonly Step[] {
  const { root, config, wrangler } = world
  const toml = path.join(root, 'wrangler.toml')
  const secretFile = path.join(root, '.edgegate/secret.env')
  const must = async (words: readonly string[]) => {
    const { status } = await wrangler(words)
    if (status !== 0)
      throw new Failure(
        `\`wrangler ${words.join(' ')}\` ended with ${status}; its words are above. Mend it and run the set-up again.`,
      )
  }
  const local = { asksAccount: false } as const
  const remote = { asksAccount: true } as const
  return [
    {
      ...local,
      name: 'configuration',
      says: `write ${path.basename(config)}: ${plan.name} at ${plan.site.origin}, in front of ${plan.origin.origin}`,
      isDone: () => existsSync(config) && !isShippedConfig(readFileSync(config, 'utf8')),
      run: async () => writeFileSync(config, writeConfig(plan)),
    },
    {
      ...local,
      name: 'address',
      says: `add the custom domain ${plan.site.host} to wrangler.toml`,
      isDone: () => hasRoute(readFileSync(toml, 'utf8'), plan.site.host),
      run: async () => writeFileSync(toml, addRoute(readFileSync(toml, 'utf8'), plan.site.host)),
    },
    {
      ...local,
      name: 'check',
      says: 'look for what is wrong in the two files',
      isDone: () => false,
      run: world.check,
    },
    {
      ...remote,
      name: 'account',
      says: 'sign in to Cloudflare in a browser (wrangler login)',
      isDone: async () => (await wrangler(['whoami', '--json'], true)).status === 0,
      run: () => must(['login']),
    },
    {
      ...remote,
      name: 'secret',
      says: 'make EDGEGATE_SECRET, 48 random bytes, in .edgegate/secret.env',
      isDone: async () => existsSync(secretFile) || (await hasSecret(world)),
      run: async () => {
        mkdirSync(path.dirname(secretFile), { recursive: true })
        const line = `EDGEGATE_SECRET=${randomBytes(48).toString('base64')}\n`
        writeFileSync(secretFile, line, { mode: 0o600, flag: 'wx' })
      },
    },
    {
      ...remote,
      name: 'deploy',
      says: 'deploy the Worker; creates the KV namespace and the D1 database the first time',
      isDone: () => false,
      run: () => must(existsSync(secretFile) ? ['deploy', '--secrets-file', secretFile] : ['deploy']),
    },
    {
      ...remote,
      name: 'tables',
      says: 'apply the migrations to the database',
      isDone: () => false,
      run: () => must(['d1', 'migrations', 'apply', 'DB', '--remote']),
    },
    {
      ...remote,
      name: 'administrator',
      says: `invite ${plan.admin} as the first administrator, by a link that is good once`,
      isDone: world.hasAdmin,
      run: world.inviteAdmin,
    },
  ]
}

async function hasSecret({ wrangler }: SetupWorld): Promise<boolean> {
  const { status, stdout } = await wrangler(['secret', 'list', '--format', 'json'], true)
  return status === 0 && stdout.includes('"EDGEGATE_SECRET"')
}

/** The secret's file, if it is still there: it belongs into a password manager. */
export function leftSecret(root: string): string | null {
  const file = path.join(root, '.edgegate/secret.env')
  return existsSync(file) ? file : null
}
