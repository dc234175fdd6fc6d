import { beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/schema.ts'
import { codeOf, type EnrolledApp, enrolApp, giveCode, givePassword } from '../support/second-factor.ts'
import {
  addUser,
  BASE_CONFIG,
  createWorld,
  Jar,
  NAVIGATION,
  PASSWORD,
  SITE,
  signInAs,
  type World,
} from '../support/world.ts'

const CONFIG = {
  ...BASE_CONFIG,
  rules: [
    { path: '/strong/**', access: 'user', mfa: true },
    { path: '/fresh/**', access: 'user', fresh: '15m' },
  ],
} satisfies Config
const ELSEWHERE = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0' }
const STEP_MS = 30_000

let world: World
let email: string
let app: EnrolledApp

beforeEach(async () => {
  world = createWorld(CONFIG)
  email = `ada-${crypto.randomUUID()}@example.com`
  await addUser({ email })
  app = await enrolApp(world, await signInAs(world, email))
  world.clock.now += STEP_MS
})

const code = () => codeOf(app.seed, world.clock.now)

async function signedIn(): Promise<Jar> {
  const cookies = new Jar()
  await givePassword(world, email, cookies)
  expect((await giveCode(world, cookies, code())).status).toBe(200)
  world.clock.now += STEP_MS
  return cookies
}

const open = async (path: string, cookies: Jar, headers = {}) =>
  (await world.fetch(path, { cookies, headers: { ...NAVIGATION, ...headers } })).status

async function send(path: string, body: object, cookies: Jar, headers = {}) {
  const response = await world.fetch(path, {
    method: 'POST',
    cookies,
    headers: { origin: SITE, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  cookies.take(response)
  return response.status
}

describe('a session that goes on in another browser', () => {
  it('P8: a password there brings no second factor along', async () => {
    const cookies = await signedIn()
    expect(await open('/strong/x', cookies)).toBe(200)
    expect(await open('/strong/x', cookies, ELSEWHERE)).toBe(302)
    expect(await send('/auth/api/reauth', { password: PASSWORD }, cookies, ELSEWHERE)).toBe(200)
    expect(await open('/fresh/x', cookies, ELSEWHERE)).toBe(200)
    expect(await open('/strong/x', cookies, ELSEWHERE)).toBe(302)
  })

  it('P8: a code there makes no password out of the one that was given elsewhere', async () => {
    const cookies = await signedIn()
    expect(await open('/fresh/x', cookies)).toBe(200)
    expect(await send('/auth/api/mfa', { way: 'totp', code: code() }, cookies, ELSEWHERE)).toBe(200)
    expect(await open('/strong/x', cookies, ELSEWHERE)).toBe(200)
    expect(await open('/fresh/x', cookies, ELSEWHERE)).toBe(302)
  })

  it('in the same browser either keeps what the other has shown', async () => {
    const cookies = await signedIn()
    expect(await send('/auth/api/reauth', { password: PASSWORD }, cookies)).toBe(200)
    expect([await open('/strong/x', cookies), await open('/fresh/x', cookies)]).toEqual([200, 200])
    expect(await send('/auth/api/mfa', { way: 'totp', code: code() }, cookies)).toBe(200)
    expect([await open('/strong/x', cookies), await open('/fresh/x', cookies)]).toEqual([200, 200])
  })
})

describe('the counter of an account', () => {
  it('P16: a right password between guesses at codes does not begin it anew', async () => {
    const cookies = await signedIn()
    const wrong = String((Number(code()) + 7) % 1_000_000).padStart(6, '0')
    const answers: number[] = []
    for (let round = 0; round < 4; round++) {
      for (let guess = 0; guess < 3; guess++)
        answers.push(await send('/auth/api/mfa', { way: 'totp', code: wrong }, cookies))
      await send('/auth/api/reauth', { password: PASSWORD }, cookies)
    }
    expect(answers.filter((status) => status === 401).length).toBeLessThanOrEqual(6)
    expect(answers.at(-1)).toBe(429)
  })
})
