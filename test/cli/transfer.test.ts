import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAccountLine } from '../../cli/transfer/account-line.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const BCRYPT = '$2b$08$tT24ZQQpjXPDld7lQ7M0t.Zg3xNOa7cWRLA7qXuKyS8RBUgz.E1U6'
let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgegate-transfer-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function edgegate(words: readonly string[], input = '') {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'cli/edgegate.mjs'), ...words], { cwd: ROOT })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      output.stdout += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      output.stderr += String(chunk)
    })
    child.stdin.end(input)
    child.once('close', (status) => resolve({ status, ...output }))
  })
}

const stateOf = (name: string) => ['--state', path.join(folder, name)]

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

const LINES = [
  {
    email: ' Ada@Example.com ',
    name: 'Ada "the first" Lovelace, Countess',
    roles: ['staff', 'ops'],
    passwordHash: BCRYPT,
  },
  { username: 'bob', passwordHash: null, disabledAt: '2026-01-02T03:04:05Z', disabledReason: 'left' },
  { email: 'eve@example.com', admin: true },
  { email: 'not an address' },
  { email: 'carol@example.com', passwordHash: 'md5$abc$def' },
  { email: 'carol@example.com', username: 'BOB' },
  { email: 'ada@example.com' },
]
const REFUSED = ['unknown_field', 'email_invalid', 'hash_unknown', 'taken']

describe('edgegate user import', () => {
  it('takes what is right, refuses the rest line by line, and finds its work done the second time', async () => {
    const file = fileOf('users.jsonl', `${LINES.map((line) => JSON.stringify(line)).join('\n')}\nnot json\n`)
    const report = path.join(folder, 'report.jsonl')

    const rehearsed = await edgegate(['user', 'import', file, '--dry-run', '--json', ...stateOf('a')])
    expect(JSON.parse(rehearsed.stdout)).toMatchObject({ dryRun: true, read: 8, imported: 2, refused: 6 })
    expect(JSON.parse((await edgegate(['user', 'list', '--json', ...stateOf('a')])).stdout)).toEqual([])

    const first = await edgegate(['user', 'import', file, '--report', report, '--json', ...stateOf('a')])
    expect(first.status).toBe(1)
    expect(JSON.parse(first.stdout)).toMatchObject({ dryRun: false, read: 8, imported: 2, refused: 6 })
    const refusals = readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; code: string })
    expect(refusals.map(({ code }) => code).sort()).toEqual([...REFUSED, 'not_readable', 'taken'].sort())
    expect(refusals.find(({ code }) => code === 'not_readable')?.line).toBe(8)

    const again = await edgegate(['user', 'import', file, '--json', ...stateOf('a')])
    expect(JSON.parse(again.stdout)).toMatchObject({ imported: 0, existing: 3, refused: 5 })
  })

  it('never says that an address is proven unless the file or the operator does', async () => {
    const file = fileOf('two.csv', 'email,emailVerified\none@example.com,\ntwo@example.com,true\n')
    await edgegate(['user', 'import', file, ...stateOf('b')])
    await edgegate(
      ['user', 'import', '-', '--format', 'csv', '--emails-verified', ...stateOf('b')],
      'email\nthree@example.com\n',
    )
    const users = JSON.parse((await edgegate(['user', 'list', '--json', ...stateOf('b')])).stdout) as {
      email: string
      emailVerified: boolean
    }[]
    expect(Object.fromEntries(users.map(({ email, emailVerified }) => [email, emailVerified]))).toEqual({
      'one@example.com': false,
      'two@example.com': true,
      'three@example.com': true,
    })
  })

  it.each([
    ['a format that nothing tells', ['users.txt'], '--format'],
    ['no file', [], 'Name a file'],
    ['a file that is not there', ['gone.jsonl'], 'gone.jsonl'],
  ])('says what to do about %s', async (_, words, hint) => {
    const { status, stderr } = await edgegate(['user', 'import', ...words, ...stateOf('c')])
    expect(status).not.toBe(0)
    expect(stderr).toContain(hint)
    expect(stderr).not.toMatch(/\n {4}at /)
  })
})

describe('edgegate user export', () => {
  it.each(['jsonl', 'csv'])('writes as %s what an import reads back to the letter', async (format) => {
    const source = fileOf(
      'source.jsonl',
      LINES.slice(0, 2)
        .map((line) => JSON.stringify(line))
        .join('\n'),
    )
    await edgegate(['user', 'import', source, ...stateOf(`from-${format}`)])
    const whole = ['user', 'export', '--hashes', '--format']
    const exported = await edgegate([...whole, format, ...stateOf(`from-${format}`)])
    const file = fileOf(`copy.${format}`, exported.stdout)
    const copied = await edgegate(['user', 'import', file, ...stateOf(`to-${format}`)])
    expect(copied.stdout).toContain('2 imported')
    const copy = await edgegate([...whole, format, ...stateOf(`to-${format}`)])
    expect(copy.stdout).toBe(exported.stdout)
    expect(copy.stdout).toContain(BCRYPT)
  })

  it('P22: keeps password hashes to itself unless they are asked for', async () => {
    const { stdout } = await edgegate(['user', 'export', ...stateOf('a')])
    expect(stdout).toContain('ada@example.com')
    expect(stdout).not.toContain('$2b$')
    expect(stdout).not.toContain('passwordHash')
  })
})

it('P2: any line is an account or a refusal with a code', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()))
  const field = fc.constantFrom(
    'id',
    'email',
    'username',
    'name',
    'roles',
    'passwordHash',
    'createdAt',
    'disabledAt',
    'x',
  )
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.dictionary(field, value)), (line) => {
      const read = readAccountLine(line, { now: 0, vouched: false })
      if (read.kind === 'refused') expect(read.code).toMatch(/^[a-z_]+$/)
      else expect(read.user.email ?? read.user.username).toBeTruthy()
    }),
  )
})
