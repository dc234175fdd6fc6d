import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDeployment } from '../../cli/deployment.ts'
import { loadConfig } from '../../cli/project.ts'
import { addRoute, hasRoute, isShippedConfig, writeConfig } from '../../cli/setup/files.ts'
import type { Plan } from '../../cli/setup/plan.ts'
import { type SetupWorld, stepsOf } from '../../cli/setup/steps.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const TOML = readFileSync(path.join(ROOT, 'wrangler.toml'), 'utf8')
const SHIPPED = readFileSync(path.join(ROOT, 'edgegate.config.ts'), 'utf8')
const PLAN: Plan = {
  name: 'Acme\'s "intranet" \\ $x',
  site: new URL('https://intranet.acme.example'),
  origin: new URL('https://origin.acme.example'),
  registration: 'invite',
  admin: 'you@acme.example',
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgegate-setup-'))
  writeFileSync(path.join(folder, 'wrangler.toml'), TOML)
  writeFileSync(path.join(folder, 'edgegate.config.ts'), SHIPPED)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** An account that remembers what it was told; `failing` is the wrangler command that does not work today. */
function account(failing: string | null = null) {
  const told: string[] = []
  let admins = 0
  const world: SetupWorld = {
    root: folder,
    config: path.join(folder, 'edgegate.config.ts'),
    wrangler: async (words) => {
      const line = words.join(' ')
      told.push(line)
      const isUnknown = line.startsWith('secret list')
      return { status: line === failing || isUnknown ? 1 : 0, stdout: '' }
    },
    check: async () => {},
    hasAdmin: async () => admins > 0,
    inviteAdmin: async () => {
      admins++
    },
  }
  return { told, world, admins: () => admins }
}

async function setUp(world: SetupWorld): Promise<readonly string[]> {
  const done: string[] = []
  for (const step of stepsOf(PLAN, world)) {
    if (await step.isDone()) continue
    await step.run()
    done.push(step.name)
  }
  return done
}

describe('edgegate setup', () => {
  it('goes from the two files to the first administrator', async () => {
    const { told, world, admins } = account()
    const done = await setUp(world)
    expect(done).toEqual(['configuration', 'address', 'check', 'secret', 'deploy', 'tables', 'administrator'])
    const secret = path.join(folder, '.edgegate/secret.env')
    expect(told.filter((line) => !/^(whoami|secret)/.test(line))).toEqual([
      `deploy --secrets-file ${secret}`,
      'd1 migrations apply DB --remote',
    ])
    expect(admins()).toBe(1)
    expect(readFileSync(secret, 'utf8')).toMatch(/^EDGEGATE_SECRET=[A-Za-z0-9+/]{64}\n$/)
    expect(statSync(secret).mode & 0o077).toBe(0)
  })

  it('is run again after a failure without a second secret or a second administrator', async () => {
    const { world, told, admins } = account()
    const broken = account('d1 migrations apply DB --remote')
    await expect(setUp(broken.world)).rejects.toThrow('run the set-up again')
    const secret = readFileSync(path.join(folder, '.edgegate/secret.env'), 'utf8')
    expect(await setUp(world)).toEqual(['check', 'deploy', 'tables', 'administrator'])
    expect(await setUp(world)).toEqual(['check', 'deploy', 'tables'])
    expect(readFileSync(path.join(folder, '.edgegate/secret.env'), 'utf8')).toBe(secret)
    expect(admins()).toBe(1)
    expect(told.length).toBeGreaterThan(0)
  })

  it('leaves a configuration alone that somebody has written', async () => {
    const own = SHIPPED.replace('https://www.example.com', 'https://mine.example')
    writeFileSync(path.join(folder, 'edgegate.config.ts'), own)
    await setUp(account().world)
    expect(readFileSync(path.join(folder, 'edgegate.config.ts'), 'utf8')).toBe(own)
  })

  it('does nothing when it is only asked what it would do', async () => {
    const words = [
      ...['setup', '--dry-run', '--json', '--site', 'https://intranet.acme.example', '--name', 'Acme'],
      ...['--origin', 'https://origin.acme.example', '--admin', 'you@acme.example'],
    ]
    const { status, stdout, stderr } = await edgegate(words, '/nowhere/wrangler')
    expect(status).toBe(0)
    expect((JSON.parse(stdout) as { steps: { name: string }[] }).steps.map(({ name }) => name)).toEqual([
      ...['configuration', 'address', 'check', 'account', 'secret', 'deploy', 'tables', 'administrator'],
    ])
    expect(stderr).toContain('add the custom domain intranet.acme.example to wrangler.toml')
    expect(readFileSync(path.join(ROOT, 'wrangler.toml'), 'utf8')).toBe(TOML)
  })

  it.each([
    ['nothing said and nobody to ask', [], '--site, --origin, --name, --admin'],
    ['a site that is not https', ['--site', 'http://a.example'], 'must be https'],
    ['a site that is a path', ['--site', 'https://a.example/app'], 'is not an address'],
    ['a site that is its own origin', ['--site', 'https://b.example'], 'an address of its own'],
  ])('says what to do about %s', async (_name, words, hint) => {
    const rest =
      words.length === 0 ? [] : ['--origin', 'https://b.example', '--name', 'A', '--admin', 'a@a.example']
    const { status, stderr } = await edgegate(['setup', ...words, ...rest], '/nowhere/wrangler')
    expect(status).toBe(2)
    expect(stderr).toContain(hint)
  })
})

describe('the files of a set-up', () => {
  it('are a configuration that asks everybody to sign in, with the name to the letter', async () => {
    const text = writeConfig(PLAN).replace("'./src/", `'${ROOT}/src/`)
    const file = path.join(folder, 'written.config.ts')
    writeFileSync(file, text)
    expect(await loadConfig(file)).toMatchObject({
      site: { name: PLAN.name, url: 'https://intranet.acme.example' },
      origin: { url: 'https://origin.acme.example' },
      rules: [],
    })
    expect(isShippedConfig(text)).toBe(false)
    expect(isShippedConfig(SHIPPED)).toBe(true)
  })

  it('lead the host to the Worker, once', () => {
    expect(hasRoute(TOML, 'intranet.example.com')).toBe(false)
    const added = addRoute(TOML, 'intranet.acme.example')
    const file = path.join(folder, 'wrangler.toml')
    writeFileSync(file, added)
    expect(readDeployment(file).routes).toEqual([{ pattern: 'intranet.acme.example', custom_domain: true }])
    expect(hasRoute(added, 'intranet.acme.example')).toBe(true)
    expect(hasRoute(added, 'acme.example')).toBe(false)
    expect(hasRoute(addRoute('name = "x"', 'a.example'), 'a.example')).toBe(true)
  })

  it('keep any name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (name) => {
        const literal = /name: ('(?:[^'\\\n]|\\.)*'),/.exec(writeConfig({ ...PLAN, name }))?.[1] ?? ''
        const program = `data:text/javascript,export default ${encodeURIComponent(literal)}`
        expect((await import(program)).default).toBe(name)
      }),
      { numRuns: 50 },
    )
  })
})

describe('edgegate upgrade', () => {
  it('says what is missing, saves the database first, and has nothing left to do', async () => {
    const state = path.join(folder, 'state')
    const upgrade = (...words: string[]) =>
      edgegate(['upgrade', '--json', '--state', state, ...words], '/nowhere')
    const said = JSON.parse((await upgrade('--dry-run')).stdout) as { pending: string[] }
    expect(said.pending).toContain('0001_gate.sql')
    expect(JSON.parse((await upgrade('--dry-run')).stdout)).toEqual(said)
    const done = JSON.parse((await upgrade()).stdout) as { applied: string[]; saved: string }
    expect(done.applied).toEqual(said.pending)
    expect(existsSync(done.saved)).toBe(true)
    rmSync(done.saved, { recursive: true })
    expect(JSON.parse((await upgrade()).stdout)).toEqual({ dryRun: false, applied: [], saved: null })
  })
})

function edgegate(words: readonly string[], wrangler: string) {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'cli/edgegate.mjs'), ...words], {
      cwd: ROOT,
      env: { ...process.env, EDGEGATE_WRANGLER: wrangler },
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      output.stdout += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      output.stderr += String(chunk)
    })
    child.stdin.end()
    child.once('close', (status) => resolve({ status, ...output }))
  })
}
