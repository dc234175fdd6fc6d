import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import { placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { freePort, type RunningProcess, startProcess } from './support/processes.ts'
import { signIn } from './support/sign-in.ts'
import { spellings } from './support/spoofed-headers.ts'
import { ADMIN, ALICE, type TestUser } from './support/users.ts'
import { findPeer } from './verify-stage.ts'

const python = findPeer(
  ['python3', '/usr/bin/python3'],
  ['-c', 'import flask, flask_login'],
  'Python with Flask-Login (Debian: python3-flask-login)',
)
const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'
const KEEPER: TestUser = {
  id: 'user_keeper',
  email: 'zoe@example.com',
  name: 'Zoë 佐藤',
  roles: ['keeper'],
  password: 'every chisel on its own nail',
}

if (python === null || (findChromium() === null && isOptional)) {
  test('Flask behind the gateway', ({ skip }) => skip('no Python with Flask-Login, or no Chromium here'))
} else {
  describe('a Flask app behind the gateway (needs flask-login, chromium)', () => {
    let flask: RunningProcess
    let flaskUrl: string
    let gateway: TestGateway
    let browser: Browser

    beforeAll(async () => {
      const port = String(await freePort())
      flaskUrl = `http://127.0.0.1:${port}`
      flask = await startProcess(python, ['-m', 'flask', '--app', 'flask_app', 'run', '--port', port], {
        cwd: fileURLToPath(new URL('./sites', import.meta.url)),
        env: { PYTHONDONTWRITEBYTECODE: '1' },
        ready: /Running on http/,
      })
      gateway = await startGateway({
        entry: new URL('./sites/flask.ts', import.meta.url),
        origin: flaskUrl,
        users: [ALICE, ADMIN, KEEPER],
      })
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await gateway?.dispose()
      await flask?.stop()
    })
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close()
    })

    async function arrive(extraHTTPHeaders: Record<string, string> = {}) {
      const context = await browser.newContext({ baseURL: gateway.url, locale: 'en-GB', extraHTTPHeaders })
      return { context, complaints: watchForComplaints(context), page: await context.newPage() }
    }

    async function arriveSignedIn(user: TestUser, path = '/board') {
      const visitor = await arrive()
      await visitor.page.goto(path)
      await submitLogin(visitor.page, { identifier: user.email, password: user.password })
      await visitor.page.waitForURL(`**${path}`)
      return visitor
    }

    const who = (page: Page) => page.locator('#who').textContent()

    it('asks for the login before a page that asks for one, and tells the app who it is', async () => {
      const { page, complaints } = await arrive()
      await page.goto('/')
      expect(await who(page)).toBe('nobody')
      await page.goto('/board')
      expect(placeOf(page)).toBe('/auth/login?next=%2Fboard')
      await submitLogin(page, { identifier: KEEPER.email, password: KEEPER.password })
      await page.getByRole('heading', { name: 'Board' }).waitFor()
      expect(await who(page)).toBe('Zoë 佐藤')
      await page.goto('/')
      expect(await who(page)).toBe('Zoë 佐藤')
      expect(complaints).toEqual([])
    })

    it('leaves the app its own session, its flashed messages and its redirects, under the public address', async () => {
      const { page, complaints } = await arriveSignedIn(ALICE)
      await page.getByLabel('Note').fill('Who has the <good> chisels?')
      await page.getByRole('button', { name: 'Pin' }).click()
      await page.getByRole('status').getByText('Pinned by Alice Liddell').waitFor()
      expect(page.url()).toBe(`${gateway.url}/board`)
      expect(await page.locator('li').allTextContents()).toEqual(['Who has the <good> chisels?'])

      await page.getByRole('link', { name: 'Board' }).click()
      await page.waitForURL(`${gateway.url}/board`)
      await page.goto('/old')
      expect(page.url()).toBe(`${gateway.url}/board?from=old`)
      expect(Number(await page.locator('#count').textContent())).toBeGreaterThan(2)
      expect(complaints).toEqual([])
    })

    it('takes an uploaded file whole', async () => {
      const { page } = await arriveSignedIn(ALICE)
      const buffer = Buffer.alloc(3_000_000, 'chisel\0\xff', 'latin1')
      await page.getByLabel('File').setInputFiles({ name: 'Sägeblatt.bin', mimeType: 'x/y', buffer })
      await page.getByRole('button', { name: 'Upload' }).click()
      const sum = createHash('sha256').update(buffer).digest('hex')
      await page.getByRole('status').getByText(`Sägeblatt.bin: 3000000 bytes, ${sum}`).waitFor()
    })

    it('passes a stream on line by line', async () => {
      const { page } = await arriveSignedIn(ALICE)
      const heard = await page.evaluate(async () => {
        const reader = (await fetch('/stream')).body?.pipeThrough(new TextDecoderStream()).getReader()
        const lines: string[] = []
        // The app sends no second line before the first has been acknowledged.
        for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
          await fetch(`/stream/${lines.length}`, { method: 'POST' })
          lines.push(chunk.value)
        }
        return lines
      })
      expect(heard).toEqual([0, 1, 2].map((number) => `line ${number} for alice@example.com\n`))
    })

    it('P5: lets nobody name themselves, in any spelling, signed in or not', async () => {
      const cookie = await signIn(gateway, ALICE)
      for (const name of spellings('Remote-User')) {
        for (const value of ['queen@example.com', '']) {
          const response = await fetch(`${gateway.url}/whoami`, { headers: { cookie, [name]: value } })
          expect
            .soft([name, ((await response.json()) as { user: unknown }).user])
            .toEqual([name, 'alice@example.com'])
        }
        const stranger = await fetch(`${gateway.url}/`, { headers: { [name]: 'queen@example.com' } })
        expect.soft(await stranger.text()).toContain('<p id="who">nobody</p>')
      }
      const { page } = await arrive({ 'Remote-User': 'queen@example.com', 'Remote-Groups': 'keeper' })
      await page.goto('/')
      expect(await who(page)).toBe('nobody')
      await page.goto('/board')
      expect(placeOf(page)).toBe('/auth/login?next=%2Fboard')
      // The app itself would have believed it.
      const direct = await fetch(`${flaskUrl}/whoami`, { headers: { 'Remote-User': 'queen@example.com' } })
      expect(((await direct.json()) as { user: unknown }).user).toBe('queen@example.com')
    })

    it('P19: shows the app its own cookie and none of the gateway’s, and its public address', async () => {
      const { page, context } = await arriveSignedIn(KEEPER)
      await page.goto('/whoami')
      expect(JSON.parse((await page.locator('body').textContent()) ?? '')).toEqual({
        user: 'zoe@example.com',
        name: 'Zoë 佐藤',
        groups: ['keeper'],
        url: `${gateway.url}/whoami`,
        cookies: ['session'],
      })
      const names = (await context.cookies()).map(({ name }) => name)
      expect(names).toEqual(expect.arrayContaining(['session', 'edgegate']))
    })

    it('opens what asks for a role to who has it', async () => {
      const { page } = await arriveSignedIn(KEEPER, '/tools/')
      expect(await who(page)).toBe('Zoë 佐藤')
      const other = await arriveSignedIn(ALICE)
      for (const path of ['/tools/', '/tools', '/Tools/', '/tools/x'])
        expect.soft([path, (await other.page.goto(path))?.status()]).toEqual([path, 403])
    })

    it('signs out by the app’s own link', async () => {
      const { page } = await arriveSignedIn(ALICE)
      await page.getByRole('link', { name: 'Sign out' }).click()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Workshop' }).waitFor()
      expect(await who(page)).toBe('nobody')
      await page.goto('/board')
      expect(placeOf(page)).toBe('/auth/login?next=%2Fboard')
    })
  })
}
