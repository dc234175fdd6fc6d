import path from 'node:path'
import { withEntities } from '../accounts.ts'
import { findHoles, readDeployment } from '../deployment.ts'
import { Failure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { inviteUser } from '../invite-user.ts'
import type { Output } from '../output.ts'
import { ROOT } from '../project.ts'
import { resolveSettings } from '../settings.ts'
import { readPlan } from '../setup/plan.ts'
import { leftSecret, type Step, stepsOf } from '../setup/steps.ts'
import { runWrangler } from '../setup/wrangler.ts'

/** `edgegate setup`: from a clone to a protected site. Every step may be done again; what is done already is left alone. */
export async function runSetup(_words: readonly string[], flags: Flags, output: Output): Promise<number> {
  const plan = await readPlan(flags)
  const remote: Flags = { ...flags, remote: true }
  const config = path.resolve(flags.config)
  const steps = stepsOf(plan, {
    root: ROOT,
    config,
    wrangler: runWrangler,
    check: () => check(flags),
    hasAdmin: () => hasAdmin(remote),
    inviteAdmin: async () => {
      const { link } = await inviteUser(plan.admin, { ...remote, role: ['admin'] })
      output.note(`\n  Open this in a browser to make your account:\n\n  ${link}\n`)
    },
  })
  const told = flags['dry-run'] ? await rehearse(steps, output) : await perform(steps, output)
  output.value({ dryRun: flags['dry-run'], site: plan.site.origin, steps: told }, () =>
    flags['dry-run'] ? '\nNothing was done.' : summaryOf(plan.site),
  )
  return 0
}

type Told = readonly { readonly name: string; readonly state: 'done' | 'there already' | 'to do' }[]

async function rehearse(steps: readonly Step[], output: Output): Promise<Told> {
  const told = await Promise.all(
    steps.map(async (step) => {
      const isDone = !step.asksAccount && (await step.isDone())
      return { step, state: isDone ? ('there already' as const) : ('to do' as const) }
    }),
  )
  for (const [index, { step, state }] of told.entries()) {
    const note =
      state === 'there already' ? ' (there already)' : step.asksAccount ? ' (unless that is so already)' : ''
    output.note(`${index + 1}. ${step.name}: ${step.says}${note}`)
  }
  return told.map(({ step, state }) => ({ name: step.name, state }))
}

async function perform(steps: readonly Step[], output: Output): Promise<Told> {
  const told = []
  for (const [index, step] of steps.entries()) {
    const head = `[${index + 1}/${steps.length}] ${step.name}`
    if (await step.isDone()) {
      output.note(`${head}: there already`)
      told.push({ name: step.name, state: 'there already' as const })
      continue
    }
    output.note(`${head}: ${step.says} …`)
    await step.run()
    told.push({ name: step.name, state: 'done' as const })
  }
  return told
}

async function check(flags: Flags): Promise<void> {
  const settings = await resolveSettings(flags)
  const { errors } = findHoles(readDeployment(path.join(ROOT, 'wrangler.toml')), settings)
  if (errors.length === 0) return
  const list = errors.map(({ option, message }) => `  ${option}: ${message}`).join('\n')
  throw new Failure(`wrangler.toml leaves a way around the gateway:\n${list}`)
}

async function hasAdmin(flags: Flags): Promise<boolean> {
  return await withEntities(flags, async (entities) => {
    let after: string | null = null
    while (true) {
      const page = await entities.users.list({ after, limit: 500 })
      if (page.some(({ roles, disabledAt }) => roles.includes('admin') && disabledAt === null)) return true
      after = page.at(-1)?.id ?? null
      if (page.length < 500) return false
    }
  })
}

function summaryOf(site: URL): string {
  const secret = leftSecret(ROOT)
  return [
    `\n${site.origin} asks everybody to sign in.`,
    ...(secret
      ? [
          `Keep the line in ${path.relative(process.cwd(), secret)} in your password manager, then remove the file: it cannot be read back, and`,
          'without it nobody who has signed in can do so again.',
        ]
      : []),
    `Close the other ways to the site (docs/lock-the-origin.md), then: npx edgegate doctor --remote`,
  ].join('\n')
}
