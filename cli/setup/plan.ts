import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { askLine } from './ask-line.ts'

/** What a set-up needs to know. */
export interface Plan {
  readonly name: string
  readonly site: URL
  readonly origin: URL
  readonly registration: 'invite' | 'closed'
  /** Address of the first administrator. */
  readonly admin: string
}

/** From flags, and from questions where there is somebody to answer them. Names everything that is missing at once. */
export async function readPlan(flags: Flags): Promise<Plan> {
  const said = {
    site: flags.site,
    origin: flags.origin,
    name: flags.name,
    admin: flags.admin,
  }
  const missing = Object.entries(said).filter(([, value]) => value === undefined)
  if (missing.length > 0 && !process.stdin.isTTY) {
    const names = missing.map(([name]) => `--${name}`).join(', ')
    throw new Failure(`There is no terminal to ask at. Say ${names}.`, 2)
  }
  const ask = async (value: string | undefined, question: string) => value ?? (await askLine(question))
  const site = bareUrl(
    await ask(said.site, 'Address that visitors use (https://intranet.acme.example): '),
    '--site',
  )
  const origin = bareUrl(
    await ask(said.origin, 'Address of the site behind the gateway (https://origin.acme.example): '),
    '--origin',
  )
  if (site.protocol !== 'https:') throw new Failure(`${site.origin} must be https.`, 2)
  if (site.host === origin.host)
    throw new Failure(
      `${site.host} will be the gateway itself: the site needs an address of its own. For a route on the same host see docs/deploy.md.`,
      2,
    )
  const name = (await ask(said.name, 'Name that the sign-in page shows: ')).trim()
  if (name === '') throw new Failure('The site needs a name: --name "Acme intranet".', 2)
  const admin = (await ask(said.admin, 'E-mail address of the first administrator: ')).trim()
  const registration = flags.registration ?? 'invite'
  if (registration !== 'invite' && registration !== 'closed')
    throw new Failure('--registration is invite or closed.', 2)
  return { site, origin, name, admin, registration }
}

function bareUrl(text: string, flag: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url
  throw new Failure(`${flag}: '${text}' is not an address such as https://intranet.acme.example.`, 2)
}
