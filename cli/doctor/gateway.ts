import { randomBytes } from 'node:crypto'
import { asks, type Question, type Reply } from './ask.ts'
import { type Finding, fine, wrong } from './finding.ts'

const MAX_SKEW_MS = 5000
const SLOW_HASH_MS = 250
/** Names that origins believe, and the tricks that have carried them past other gateways. */
const SPOOFED: Readonly<Record<string, string>> = {
  'Remote-User': 'doctor-spoof',
  Remote_User: 'doctor-spoof',
  'remote.user': 'doctor-spoof',
  'X-Auth-Assertion': 'doctor-spoof',
  'X-Forwarded-User': 'doctor-spoof',
  'X-Forwarded-Email': 'doctor-spoof',
  'Cf-Access-Authenticated-User-Email': 'doctor-spoof',
  'X-WEBAUTH-USER': 'doctor-spoof',
  'X-Forwarded-For': 'doctor-spoof',
  'X-Original-URL': 'doctor-spoof',
}

export interface GatewayQuestions {
  /** Without a slash at the end. */
  readonly url: string
  readonly basePath: string
  /** A ticket from the gateway's database; `null`: what only the gateway knows is not asked. */
  readonly ticket: string | null
  readonly now: () => number
}

/** What the running gateway says of itself, from outside and, with a ticket, from inside. */
export async function examineGateway(questions: GatewayQuestions): Promise<readonly Finding[]> {
  const { url, basePath } = questions
  const health = await asks({ url: `${url}${basePath}/health` })
  if (health.kind === 'failed')
    return [
      wrong('error', 'gateway', `${url} does not answer (${health.reason})`, {
        why: 'nobody can sign in',
        fix: 'see `routes` in wrangler.toml and docs/deploy.md; on this machine start it: npx edgegate dev',
      }),
    ]
  if (health.status !== 200) return [unhealthy(health)]
  return [
    fine('gateway', `${url} answers, and reaches KV and D1`),
    await examineDefault(url, basePath),
    await examineKeys(url, basePath),
    ...(await examineInside(questions)),
  ]
}

function unhealthy({ status, text }: Extract<Reply, { kind: 'answered' }>): Finding {
  const isConfig = text.includes('misconfigured')
  return wrong('error', 'gateway', `its state of health is ${status}`, {
    why: isConfig
      ? 'the configuration, a binding or a secret is wrong, and it lets nobody through'
      : 'it cannot reach KV or D1, or something else answers at this address',
    fix: isConfig
      ? 'npx edgegate check, and look for config.refused in the log (npx wrangler tail)'
      : 'look for `fault` in the log (npx wrangler tail); run the schema check with --remote',
  })
}

/** A path that no rule can name must not open for a stranger, with whatever headers. */
async function examineDefault(url: string, basePath: string): Promise<Finding> {
  const path = `/${randomBytes(12).toString('hex')}`
  const reply = await asks({ url: url + path, headers: { ...SPOOFED, accept: 'application/json' } })
  if (reply.kind === 'failed')
    return wrong('warning', 'closed', `${path} gave no answer (${reply.reason})`, RETRY)
  const isOurs = reply.text.includes(`${basePath}/login`) || reply.location?.includes(`${basePath}/login`)
  if ([302, 401, 403, 404].includes(reply.status) && isOurs)
    return fine('closed', 'an unknown path asks a stranger to sign in')
  if ([401, 403, 404].includes(reply.status))
    return fine('closed', `an unknown path answers a stranger ${reply.status}`)
  return wrong('error', 'closed', `an unknown path answers a stranger ${reply.status}`, {
    why: 'either a rule opens everything, or requests reach the site without the gateway',
    fix: `npx edgegate explain GET ${path}; then the routes in wrangler.toml, and "Routes that fail open" in docs/deploy.md`,
  })
}

async function examineKeys(url: string, basePath: string): Promise<Finding> {
  const reply = await asks({ url: `${url}${basePath}/.well-known/jwks.json` })
  const keys = reply.kind === 'answered' ? keysIn(reply.text) : []
  if (keys.length >= 2)
    return fine('keys', `${keys.length} public keys are published, for today and the next change`)
  return wrong('error', 'keys', `${keys.length} public keys are published`, {
    why: 'origins that verify the assertion will refuse everybody when the key changes',
    fix: `open ${url}${basePath}/.well-known/jwks.json: something between may be answering in its place`,
  })
}

function keysIn(text: string): readonly unknown[] {
  try {
    const set = JSON.parse(text) as { keys?: unknown }
    return Array.isArray(set.keys) ? set.keys : []
  } catch {
    return []
  }
}

interface Inside {
  readonly now: string
  readonly secrets: number
  readonly hasRateLimit: boolean
  readonly hasClientAddress: boolean
  readonly toOrigin: readonly (readonly [string, string])[]
}

async function examineInside({ url, basePath, ticket, now }: GatewayQuestions): Promise<readonly Finding[]> {
  if (ticket === null) return []
  const question = (hash: boolean): Question => ({
    url: `${url}${basePath}/api/doctor`,
    method: 'POST',
    headers: { ...SPOOFED, 'content-type': 'application/json' },
    body: JSON.stringify({ ticket, hash }),
  })
  const startedAt = now()
  const reply = await asks(question(false))
  const middle = (startedAt + now()) / 2
  if (reply.kind === 'failed' || reply.status !== 200)
    return [
      wrong('warning', 'inside', 'the gateway does not know the ticket that was put into the database', {
        why: 'the command looks at another database than the gateway, or at an older gateway',
        fix: 'name the same data: --remote, or --state DIR as `edgegate dev` has it',
      }),
    ]
  const inside = JSON.parse(reply.text) as Inside
  const plainMs = Math.min(reply.ms, await timeOf(question(false)))
  const hashMs = Math.min(await timeOf(question(true)), await timeOf(question(true))) - plainMs
  return [
    examineClock(Date.parse(inside.now) - middle),
    examineFilter(inside.toOrigin),
    examineHash(Math.max(0, Math.round(hashMs))),
    fine(
      'secret',
      inside.secrets === 1 ? 'one secret' : `${inside.secrets} secrets: a rotation is under way`,
    ),
    inside.hasRateLimit
      ? fine('limits', 'volume is limited by the rate limiting binding')
      : wrong('warning', 'limits', 'there is no rate limiting binding', {
          why: 'the exact limits on guessing hold, but volume reaches D1',
          fix: 'add [[ratelimits]] with name = "RATE_LIMIT" to wrangler.toml, as shipped',
        }),
  ]
}

async function timeOf(question: Question): Promise<number> {
  const reply = await asks(question)
  return reply.kind === 'answered' ? reply.ms : 0
}

function examineClock(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return fine('clock', 'this machine and the gateway agree on the time')
  return wrong('warning', 'clock', `this machine is ${seconds} s ${skewMs < 0 ? 'ahead' : 'behind'}`, {
    why: 'an origin whose clock is off refuses assertions, which live for a minute; so look at the one of the origin, too',
    fix: 'turn on time synchronisation (NTP)',
  })
}

function examineFilter(toOrigin: readonly (readonly [string, string])[]): Finding {
  const passed = toOrigin.filter(([, value]) => value.includes('doctor-spoof')).map(([name]) => name)
  const tried = Object.keys(SPOOFED).length
  if (passed.length === 0)
    return fine('headers', `none of ${tried} made-up identity headers would reach the site`)
  return wrong('error', 'headers', `a visitor's own ${passed.join(', ')} would reach the site`, {
    why: 'whoever sends it decides who they are',
    fix: 'take it out of `identity.pass` in the configuration',
  })
}

function examineHash(ms: number): Finding {
  if (ms <= SLOW_HASH_MS) return fine('hashing', `a password check takes about ${ms} ms here`)
  return wrong('warning', 'hashing', `a password check takes about ${ms} ms here`, {
    why: 'it blocks its isolate for so long, and is far above the ten milliseconds of the Free plan',
    fix: 'use the Workers Paid plan; if this is it, try again when less is going on',
  })
}

const RETRY = { why: 'it could not be seen whether it is closed', fix: 'run the doctor again' }
