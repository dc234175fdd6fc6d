import { parseArgs } from 'node:util'
import { runCheck } from './commands/check.ts'
import { runDev } from './commands/dev.ts'
import { runDoctor } from './commands/doctor.ts'
import { runExplain } from './commands/explain.ts'
import { runKey } from './commands/key.ts'
import { runService } from './commands/service.ts'
import { runSessions } from './commands/sessions.ts'
import { runSetup } from './commands/setup.ts'
import { runUpgrade } from './commands/upgrade.ts'
import { runUser } from './commands/user.ts'
import { Failure } from './failure.ts'
import type { Flags } from './flags.ts'
import { createOutput, type Output } from './output.ts'

const HELP = `edgegate: a login in front of your site

  edgegate dev [--origin URL] [--config FILE] [--port N] [--state DIR]
      The gateway on this machine, in front of a local site. With --demo in front of the demo site.

  edgegate setup [--site URL] [--origin URL] [--name N] [--admin EMAIL] [--registration invite|closed] [--dry-run]
      From a clone to a protected site on Cloudflare. Asks for what is not said; can be run again.
  edgegate upgrade [--remote] [--dry-run]
      Saves the database, applies what is new to it, and deploys.

  edgegate user add EMAIL [--role R]… [--name N] [--username U] [--password-stdin]
  edgegate user invite EMAIL [--role R]… [--name N] [--expires 7d]
      Prints a link with which its owner makes the account. To be sent by you.
  edgegate user list | show USER | passwd USER [--password-stdin] | roles USER [--role R]…
  edgegate user disable USER [--reason TEXT] | enable USER | approve USER | reset-factors USER | remove USER
  edgegate user import FILE [--format csv|jsonl] [--emails-verified] [--dry-run] [--report FILE]
      Accounts of another system with their password hashes. Can be run again after an interruption.
  edgegate user export [--format csv|jsonl] [--hashes]
  edgegate service add NAME [--role R]… [--name N] | list | remove NAME
      Accounts of programs: no password, only keys.
  edgegate key add USER --name N [--scope S]… [--path P]… [--method M]… [--expires 90d|never] [--host HOST]
      Prints the key, once. USER is a service account or a person.
  edgegate key list USER | revoke ID
  edgegate sessions list USER | end USER [--session ID]
      On local data (--state DIR, the default) or on the deployed database (--remote).

  edgegate check [--config FILE]
      Everything that is wrong with the configuration, and the ways around the gateway.

  edgegate doctor [PATH] [--url URL]
      What is wrong with configuration, database, the running gateway and the way to the origin, why it matters and how to mend it.
      PATH: a page of the site that needs a login.

  edgegate explain METHOD PATH [--host HOST] [--as USER] [--config FILE]
      Every rule, why it matched or not, and what a visitor would get.

Everywhere: --json for programs, --help.`

type Command = (words: readonly string[], flags: Flags, output: Output) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  dev: runDev,
  user: runUser,
  sessions: runSessions,
  service: runService,
  key: runKey,
  check: runCheck,
  doctor: runDoctor,
  setup: runSetup,
  upgrade: runUpgrade,
  explain: runExplain,
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args)
  const [name, ...words] = positionals
  if (values.help || name === undefined) {
    console.log(HELP)
    return values.help ? 0 : 2
  }
  const command = COMMANDS[name]
  if (!command) throw new Failure(`There is no command '${name}'. See \`edgegate --help\`.`, 2)
  return await command(words, values as Flags, createOutput(values.json))
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', default: 'edgegate.config.ts' },
        state: { type: 'string', default: '.edgegate/state' },
        remote: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        origin: { type: 'string' },
        url: { type: 'string' },
        site: { type: 'string' },
        admin: { type: 'string' },
        registration: { type: 'string' },
        port: { type: 'string' },
        demo: { type: 'boolean', default: false },
        throttle: { type: 'string' },
        role: { type: 'string', multiple: true, default: [] },
        name: { type: 'string' },
        username: { type: 'string' },
        reason: { type: 'string' },
        expires: { type: 'string' },
        scope: { type: 'string', multiple: true, default: [] },
        path: { type: 'string', multiple: true, default: [] },
        method: { type: 'string', multiple: true, default: [] },
        session: { type: 'string' },
        host: { type: 'string' },
        as: { type: 'string' },
        'password-stdin': { type: 'boolean', default: false },
        format: { type: 'string' },
        report: { type: 'string' },
        hashes: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        'emails-verified': { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new Failure(
      `${error instanceof Error ? error.message : String(error)}\nSee \`edgegate --help\`.`,
      2,
    )
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Failure)) throw error
  console.error(`edgegate: ${error.message}`)
  process.exitCode = error.status
}
