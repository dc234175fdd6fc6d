import { beforeAll, describe, expect, it } from 'vitest'
import { ALIASES, BYTES, FORMS, ODDITIES, TRAVERSALS } from '../e2e/support/nasty-targets.ts'
import { plausiblePaths } from '../e2e/support/readings.ts'
import { addUser, Jar, PASSWORD, type World } from '../support/world.ts'
import { ask, createProxiedWorld, signInThrough } from './support.ts'

const ADA = 'ada@target.example'
let world: World
let jar: Jar

beforeAll(async () => {
  await addUser({ email: ADA, roles: ['staff'] })
  world = createProxiedWorld({
    site: { name: 'Wiki', url: 'https://wiki.example' },
    origin: { forwardAuth: true },
    rules: [
      { path: '/admin/**', access: { roles: ['admin'] } },
      { path: '/public/**', access: 'public' },
      { path: '/health', access: 'public' },
      { path: '/assets/*.css', access: 'public' },
      { path: '/optional/**', access: 'optional' },
    ],
  })
  jar = await signInThrough(world, new Jar(), ADA, PASSWORD)
})

const isOpen = (path: string) =>
  path === '/health' || /^\/(?:public|optional)(?:\/|$)/.test(path) || /^\/assets\/[^/]*\.css$/.test(path)
const isAdmin = (path: string) => /^\/admin(?:\/|$)/.test(path)

/** What the site could take a target for that its proxy passes on as it came: dot segments may well stay. */
function readings(target: string): readonly string[] {
  const [path = ''] = target.split(/[?#]/, 1)
  return [...plausiblePaths(target), path.toLowerCase()]
}

/** The rest no header can hold, or only with a warning; test/e2e sends it as bytes. */
const isSendable = (target: string) => /^\/[ -~]*$/.test(target)

describe.each(['anonymous', 'signed in'] as const)('P3: what %s asks for through a proxy', (who) => {
  it.each([
    ['steps up out of an open place', TRAVERSALS],
    ['spells a closed place differently', ALIASES],
    ['puts something odd into an open place', ODDITIES],
    ['is no plain path', FORMS],
    ['has bytes that do not belong there', BYTES],
  ])('passes only where every reading of it may: %s', async (_title, targets) => {
    const wrong: string[] = []
    for (const target of targets.filter(isSendable)) {
      const response = await ask(world, '', { target, ...(who === 'anonymous' ? {} : { cookies: jar }) })
      if (response.status >= 500) wrong.push(`${target}: ${response.status}`)
      if (response.headers.get('x-edgegate-decision') !== 'allow') continue
      const all = readings(target)
      if (who === 'anonymous' ? !all.every(isOpen) : all.some(isAdmin)) wrong.push(target)
    }
    expect(wrong).toEqual([])
  })
})

it.each([
  '/public/a/b?x=/../admin',
  '/public/%7Eada/a%20b',
  '/public/a{b}',
  '/public/caf%C3%A9',
  '/assets/site.css?v=3',
  '/public/a@b:c,d;e',
])('lets an ordinary path pass as it is: %s', async (target) => {
  expect((await ask(world, '', { target })).status).toBe(200)
})

it.each([
  '/admin/../public/x',
  '/public/./x',
  '/public/x/..',
  '/public/%2e%2e/public/x',
  '/public/a b',
  '/public/x#y',
  '/public/x?a#b',
  '/public\\x',
  '/public/caf\u00c3\u00a9',
  'public/x',
  '*',
  'https://wiki.example/public/x',
  '//wiki.example/public/x',
  '/public/x, /admin',
])('P3: refuses what the site might read in another way than the gate: %s', async (target) => {
  const response = await ask(world, '', { target })
  expect(response.ok).toBe(false)
  expect(response.headers.get('x-edgegate-decision')).toBeNull()
})

it('P3: an escape that makes a rule miss for who compares paths as they are written', async () => {
  // Express takes /%70ublic/x for another path than /public/x; its catch-all may be for members only.
  expect((await ask(world, '', { target: '/%70ublic/x' })).status).toBe(400)
  // Where both fall under the same rule nothing is at stake.
  expect((await ask(world, '', { target: '/public/%78' })).status).toBe(200)
})

it('P3: the gateway’s own paths are the gateway’s, in every spelling', async () => {
  for (const target of ['/auth/login', '/AUTH/x', '/auth', '/x/..%2fauth', '/%61uth/login'])
    expect((await ask(world, '', { target, cookies: jar })).ok, target).toBe(false)
})
