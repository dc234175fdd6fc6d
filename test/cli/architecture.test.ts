import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const SRC = path.join(import.meta.dirname, '../../src')

/**
 * What a folder may import, besides itself and types of anything. `.` are the files at the root of src that have no folder:
 * errors, identity, services. Capabilities (login, logout, reauth, …) are imported by own-routes.ts only.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  hooks: [],
  config: ['.', 'gate', 'lib', 'mail', 'origin', 'ui', 'user'],
  revocation: ['.', 'lib'],
  user: ['factor', 'revocation'],
  webauthn: ['lib'],
  passkey: ['.', 'factor', 'http', 'session', 'ui', 'user', 'webauthn'],
  factor: ['ui', 'webauthn', '.', 'http', 'lib', 'mail', 'session', 'throttle', 'user'],
  ui: [],
  audit: [],
  origin: ['.', 'lib'],
  password: ['.', 'lib', 'session', 'throttle', 'user'],
  throttle: ['.', 'lib', 'session', 'user'],
  session: ['.', 'factor', 'gate', 'hooks', 'http', 'lib', 'mail', 'revocation', 'throttle', 'token', 'user'],
  http: ['.', 'factor', 'gate', 'lib', 'origin', 'password', 'session', 'ui', 'user'],
  'kept-post': ['.', 'http', 'lib', 'session'],
  'forward-auth': ['gate', 'http', 'lib', 'origin', 'session', 'token'],
  gate: ['.', 'factor', 'http', 'kept-post', 'lib', 'origin', 'session', 'token'],
  token: ['.', 'factor', 'gate', 'hooks', 'http', 'lib', 'revocation', 'session', 'ui', 'user'],
  mail: ['lib', 'ui', 'user'],
  human: ['lib'],
  proof: ['.', 'http', 'lib', 'session', 'ui'],
  jobs: ['mail', 'user'],
  account: ['.', 'factor', 'http', 'mail', 'password', 'session', 'throttle', 'ui', 'user'],
  dev: ['http', 'ui'],
  register: ['.', 'http', 'human', 'lib', 'mail', 'password', 'proof', 'session', 'throttle', 'ui', 'user'],
  verify: ['.', 'http', 'lib', 'mail', 'password', 'proof', 'session', 'throttle', 'ui', 'user'],
  link: ['.', 'http', 'human', 'mail', 'proof', 'session', 'throttle', 'ui', 'user'],
  deletion: ['.', 'http', 'mail', 'session', 'ui'],
  address: ['.', 'http', 'mail', 'proof', 'session', 'throttle', 'ui', 'user'],
  openapi: ['.', 'http', 'ui'],
  grant: ['.', 'factor', 'hooks', 'http', 'lib', 'mail', 'password', 'session', 'throttle', 'token', 'user'],
  handover: ['.', 'lib', 'proof', 'revocation', 'session', 'throttle', 'user'],
  handoff: ['.', 'handover', 'http', 'session', 'ui', 'user'],
  resume: ['.', 'http', 'kept-post', 'session', 'ui', 'user'],
  keys: ['.', 'http', 'mail', 'session', 'token', 'ui', 'user'],
  login: ['.', 'factor', 'http', 'human', 'password', 'session', 'throttle', 'ui', 'user'],
  recover: ['.', 'http', 'human', 'mail', 'password', 'proof', 'session', 'throttle', 'ui', 'user'],
  admin: ['.', 'audit', 'factor', 'gate', 'http', 'lib', 'mail', 'proof', 'session', 'ui', 'user'],
  mfa: ['.', 'factor', 'http', 'mail', 'session', 'throttle', 'ui', 'user', 'webauthn'],
  factors: ['.', 'factor', 'http', 'lib', 'mail', 'session', 'ui', 'user', 'webauthn'],
  doctor: ['.', 'http', 'session'],
  logout: ['.', 'hooks', 'http', 'session', 'ui', 'user'],
  relogin: ['.', 'http', 'lib', 'session', 'ui', 'user'],
  reauth: ['.', 'factor', 'http', 'password', 'session', 'throttle', 'ui', 'user'],
}

interface Import {
  readonly from: string
  readonly to: string
  readonly isType: boolean
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(path.join(SRC, from), 'utf8')
  return [...text.matchAll(/^(?:import|export)( type)?\b[^'"]*?from '(\.[^']+)'/gms)].map(
    ([, type, target = '']) => ({
      from,
      to: path.normalize(path.join(path.dirname(from), target)),
      isType: type !== undefined,
    }),
  )
})
const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '.')

it('every folder imports only what its place allows', () => {
  const wrong = imports
    .filter(
      ({ from, to, isType }) =>
        !isType && folderOf(from) !== '.' && folderOf(from) !== folderOf(to) && !to.startsWith('..'),
    )
    .filter(({ from, to }) => !ALLOWED[folderOf(from)]?.includes(folderOf(to)))
    .map(({ from, to }) => `${from} → ${to}`)
  expect(wrong).toEqual([])
})

it('sees the imports at all', () => {
  expect(imports.length).toBeGreaterThan(200)
})

it('every folder has a place', () => {
  const folders = [...new Set(files.map(folderOf))].filter((folder) => folder !== '.')
  expect(folders.filter((folder) => !(folder in ALLOWED))).toEqual([])
})

it('no file imports itself through others', () => {
  const next = new Map<string, string[]>()
  for (const { from, to, isType } of imports) if (!isType) next.set(from, [...(next.get(from) ?? []), to])
  const cycles: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (file: string, trail: readonly string[]) => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
      return
    }
    state.set(file, 'open')
    for (const target of next.get(file) ?? []) visit(target, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})

it('capabilities are imported by nothing but the list of routes', () => {
  const capabilities = [
    'account',
    'address',
    'deletion',
    'link',
    'verify',
    'dev',
    'doctor',
    'factors',
    'grant',
    'handoff',
    'keys',
    'login',
    'logout',
    'passkey',
    'mfa',
    'openapi',
    'reauth',
    'relogin',
    'recover',
    'register',
    'resume',
    'doctor',
    'admin',
  ]
  const wrong = imports.filter(
    ({ from, to }) =>
      capabilities.includes(folderOf(to)) && folderOf(from) !== folderOf(to) && from !== 'own-routes.ts',
  )
  expect(wrong).toEqual([])
})

it('SQL is never put together from values, and no table has two folders', () => {
  for (const file of files) {
    const text = readFileSync(path.join(SRC, file), 'utf8')
    // What stands in ${} within SQL are constants written in capitals.
    for (const [, sql = ''] of text.matchAll(
      /(?:prepare\(|const \w*sql\w* =|const [A-Z_]+ =)\s*`([^`]*(?:SELECT|INSERT|UPDATE|DELETE)[^`]*)`/gi,
    )) {
      expect([...sql.matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name)).toEqual(
        [...sql.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name),
      )
    }
  }
})

it('nothing is left to be done later, and no type is given up', () => {
  for (const file of files) {
    const code = readFileSync(path.join(SRC, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
    expect(code, file).not.toMatch(/\b(TODO|FIXME|XXX)\b|@ts-|biome-ignore|\bas any\b|: any\b/)
  }
})
