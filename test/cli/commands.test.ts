import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AWAITING_APPROVAL } from '../../src/user/user.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const PASSWORD = 'tall purple window sings quietly'
let folder: string
let state: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgegate-cli-'))
  state = path.join(folder, 'state')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Result {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function edgegate(words: readonly string[], input = ''): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'cli/edgegate.mjs'), ...words, '--state', state], {
      cwd: ROOT,
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      output.stdout += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      output.stderr += String(chunk)
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.once('close', (status) => resolve({ status, ...output }))
  })
}

const add = (email: string, password = PASSWORD, ...more: string[]) =>
  edgegate(['user', 'add', email, '--password-stdin', ...more], password)

describe('edgegate user', () => {
  it('adds, shows, changes, disables and removes an account', async () => {
    const added = await add(
      ' Bob@Example.com',
      PASSWORD,
      '--role',
      'ops',
      '--name',
      'Bob',
      '--username',
      'Bobby',
      '--json',
    )
    expect([added.status, added.stderr]).toEqual([0, ''])
    expect(JSON.parse(added.stdout)).toMatchObject({
      email: 'bob@example.com',
      username: 'bobby',
      roles: ['ops'],
      hasPassword: true,
    })

    const roles = await edgegate(['user', 'roles', 'bobby', '--role', 'admin', '--role', 'ops', '--json'])
    expect(JSON.parse(roles.stdout)).toMatchObject({ roles: ['admin', 'ops'] })

    expect((await edgegate(['user', 'disable', 'bob@example.com', '--reason', 'left'])).status).toBe(0)
    const shown = JSON.parse((await edgegate(['user', 'show', 'bobby', '--json'])).stdout)
    expect(shown).toMatchObject({ disabledReason: 'left', roles: ['admin', 'ops'] })
    expect(shown.disabledAt).toBeGreaterThan(0)
    expect(JSON.stringify(shown)).not.toContain('argon2')

    expect((await edgegate(['user', 'enable', shown.id])).status).toBe(0)
    expect(
      (await edgegate(['user', 'passwd', 'bobby', '--password-stdin'], 'another quiet purple window')).status,
    ).toBe(0)
    expect((await edgegate(['user', 'remove', 'bobby'])).status).toBe(0)
    expect(JSON.parse((await edgegate(['user', 'list', '--json'])).stdout)).toEqual([])
  })

  it('approves who waits for it, and nobody else', async () => {
    await add('ada@example.com', PASSWORD, '--username', 'ada')
    const early = await edgegate(['user', 'approve', 'ada'])
    expect([early.status, early.stderr]).toEqual([
      1,
      'edgegate: ada@example.com does not wait for approval.\n',
    ])
    await edgegate(['user', 'disable', 'ada', '--reason', AWAITING_APPROVAL])
    expect((await edgegate(['user', 'list'])).stdout).toContain('waiting')
    expect((await edgegate(['user', 'approve', 'ada'])).status).toBe(0)
    const shown = JSON.parse((await edgegate(['user', 'show', 'ada', '--json'])).stdout)
    expect(shown).toMatchObject({ disabledAt: null, disabledReason: null })
  }, 180_000)

  it('refuses what is taken or wrong, in words, and stores nothing', async () => {
    await add('ada@example.com', PASSWORD, '--username', 'ada')
    for (const [result, words] of [
      [await add('ADA@example.com'), 'taken'],
      [await add('other@example.com', PASSWORD, '--username', 'Ada'), 'taken'],
      [await add('no-address'), 'not an e-mail address'],
      [await add('x@example.com', 'short'), 'too short'],
      [await add('x@example.com', 'passwordpassword1'), "can't be used"],
      [await add('x@example.com', PASSWORD, '--role', 'a,b'), 'not a role'],
      [await edgegate(['user', 'show', 'nobody']), "no user 'nobody'"],
      [await edgegate(['user', 'frobnicate']), 'takes one of'],
      [await edgegate(['user', 'add', 'x@example.com']), '--password-stdin'],
    ] as const) {
      expect(result.status).not.toBe(0)
      expect(result.stderr).toContain(words)
      expect(result.stderr).not.toContain('    at ')
    }
    expect(JSON.parse((await edgegate(['user', 'list', '--json'])).stdout)).toHaveLength(1)
  })

  it('invites by a link, once for each address, and nobody who has an account', async () => {
    const invited = await edgegate([
      'user',
      'invite',
      ' Ivy@Example.com',
      '--role',
      'ops',
      '--expires',
      '2d',
      '--json',
    ])
    expect([invited.status, invited.stderr]).toEqual([0, ''])
    const { email, roles, link } = JSON.parse(invited.stdout) as {
      email: string
      roles: string[]
      link: string
    }
    expect([email, roles]).toEqual(['ivy@example.com', ['ops']])
    expect(link).toMatch(/^https?:\/\/[^/]+\/auth\/register\?invitation=[\w-]{43}$/)
    await add('jon@example.com')
    const known = await edgegate(['user', 'invite', 'jon@example.com'])
    expect([known.status, known.stderr]).toEqual([1, 'edgegate: jon@example.com has an account already.\n'])
    expect((await edgegate(['user', 'invite', 'x@example.com', '--expires', 'soon'])).status).toBe(2)
  }, 60_000)

  it('takes no password from the command line', async () => {
    const result = await edgegate(['user', 'add', 'x@example.com', '--password', PASSWORD])
    expect([result.status, result.stdout]).toEqual([2, ''])
  })
})

describe('edgegate service and key', () => {
  it('adds a program, makes it a key that is shown once, lists and revokes it', async () => {
    const service = await edgegate(['service', 'add', 'Nightly', '--role', 'reports', '--json'])
    expect([service.status, service.stderr]).toEqual([0, ''])
    expect(JSON.parse(service.stdout)).toMatchObject({ username: 'nightly', roles: ['reports'] })
    const words = [
      '--name',
      'cron',
      '--scope',
      'a',
      '--path',
      '/api/**',
      '--method',
      'get',
      '--expires',
      'never',
    ]
    const made = await edgegate(['key', 'add', 'nightly', ...words, '--json'])
    expect([made.status, made.stderr]).toEqual([0, ''])
    const { key, id } = JSON.parse(made.stdout) as { key: string; id: string }
    expect(key).toMatch(/^eg_[0-9A-Za-z]{49}$/)
    const listed = await edgegate(['key', 'list', 'nightly', '--json'])
    expect(listed.stdout).not.toContain(key.slice(7))
    expect(JSON.parse(listed.stdout)).toMatchObject([
      {
        id,
        name: 'cron',
        scopes: ['a'],
        paths: ['/api/**'],
        methods: ['GET'],
        expiresAt: null,
        usedAt: null,
      },
    ])
    expect((await edgegate(['key', 'list', 'nightly'])).stdout).toContain('cron')
    expect((await edgegate(['key', 'revoke', id])).status).toBe(0)
    expect((await edgegate(['key', 'revoke', id])).status).toBe(1)
    expect(JSON.parse((await edgegate(['service', 'list', '--json'])).stdout)).toHaveLength(1)
    expect((await edgegate(['service', 'remove', 'nightly'])).status).toBe(0)
    expect(JSON.parse((await edgegate(['service', 'list', '--json'])).stdout)).toEqual([])
  }, 60_000)

  it('refuses what is wrong, in words', async () => {
    for (const [result, words] of [
      [await edgegate(['service', 'add', 'a@b.example']), 'not a name'],
      [await edgegate(['service', 'remove', 'ada']), 'is a person'],
      [await edgegate(['key', 'add', 'ada']), '--name'],
      [await edgegate(['key', 'add', 'ada', '--name', 'x', '--path', 'admin']), '--paths must be a path'],
      [await edgegate(['key', 'add', 'ada', '--name', 'x', '--host', 'nowhere.example']), 'is none of'],
      [await edgegate(['key', 'add', 'nobody', '--name', 'x']), 'no user'],
      [await edgegate(['key', 'frobnicate']), 'takes one of'],
    ] as const) {
      expect(result.status).not.toBe(0)
      expect(result.stderr).toContain(words)
    }
  }, 60_000)
})

describe('edgegate check', () => {
  it('lists every problem at once, each with its option', async () => {
    const file = path.join(folder, 'bad.config.ts')
    writeFileSync(
      file,
      `export default {
        site: { name: '', url: 'http://app.example' },
        origin: { url: 'https://origin.example/path' },
        rules: [{ path: 'admin', access: 'everybody' }, { path: '/x', access: 'public', fresh: '5 minutes' }],
        sesion: {},
      }`,
    )
    const result = await edgegate(['check', '--config', file, '--json'])
    expect(result.status).toBe(1)
    const options = JSON.parse(result.stdout).errors.map(({ option }: { option: string }) => option)
    for (const option of [
      'site.name',
      'origin.url',
      'rules[0].path',
      'rules[0].access',
      'rules[1].fresh',
      'sesion',
    ]) {
      expect(
        options.some((found: string) => found.startsWith(option.replace(/\.url$/, ''))),
        option,
      ).toBe(true)
    }
  })

  it('finds the shipped configuration in order', async () => {
    expect((await edgegate(['check'])).status).toBe(0)
  })

  it('says so when there is no such file', async () => {
    const result = await edgegate(['check', '--config', 'nowhere.ts'])
    expect([result.status, result.stderr]).toEqual([
      1,
      'edgegate: There is no nowhere.ts. Name the config with --config FILE.\n',
    ])
  })
})

describe('edgegate explain', () => {
  const explain = async (...words: string[]) =>
    JSON.parse(
      (await edgegate(['explain', ...words, '--config', 'demo/edgegate.config.ts', '--json'])).stdout,
    )

  it('tells what a visitor would get, and by which rule', async () => {
    expect(await explain('GET', '/admin/users')).toMatchObject({
      outcome: { kind: 'refused', reason: 'not_authenticated' },
    })
    const asAda = await explain('GET', '/admin/users', '--as', 'ada')
    expect(asAda.outcome).toMatchObject({ kind: 'refused', reason: 'forbidden' })
    expect(asAda.rules.filter(({ decides }: { decides: boolean }) => decides)).toMatchObject([
      { path: '/admin/**' },
    ])
    expect(await explain('GET', '/members/..%2fadmin/')).toMatchObject({ outcome: { kind: 'refused_path' } })
    expect(await explain('GET', '/nowhere')).toMatchObject({
      rules: expect.arrayContaining([expect.objectContaining({ index: -1, decides: true })]),
    })
  })
})
