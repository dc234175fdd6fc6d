import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { freePort, type RunningProcess, startProcess } from './support/processes.ts'
import { ALICE, type TestUser } from './support/users.ts'

const TIDDLYWIKI = createRequire(import.meta.url).resolve('tiddlywiki/tiddlywiki.js')
const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'
const BOB: TestUser = {
  id: 'user_bob',
  email: 'bob@example.com',
  username: 'bøb',
  name: 'Bob',
  roles: [],
  password: 'a wiki is a quick thing indeed',
}

describe.skipIf(findChromium() === null && isOptional)(
  'TiddlyWiki behind the gateway (needs chromium)',
  () => {
    let folder: string
    let wiki: RunningProcess
    let wikiUrl: string
    let gateway: TestGateway
    let browser: Browser

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'edgegate-tiddlywiki-'))
      execFileSync(process.execPath, [TIDDLYWIKI, folder, '--init', 'server'])
      const port = await freePort()
      wikiUrl = `http://127.0.0.1:${port}`
      const words = [
        'host=127.0.0.1',
        `port=${port}`,
        'authenticated-user-header=X-Authenticated-User',
        'readers=(authenticated)',
        'writers=(authenticated)',
      ]
      wiki = await startProcess(process.execPath, [TIDDLYWIKI, folder, '--listen', ...words], {
        ready: /Serving on/,
      })
      gateway = await startGateway({
        entry: new URL('./sites/tiddlywiki.ts', import.meta.url),
        origin: wikiUrl,
        users: [ALICE, BOB],
      })
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await gateway?.dispose()
      await wiki?.stop()
      if (folder) rmSync(folder, { recursive: true, force: true })
    })
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close()
    })

    async function arrive() {
      const context = await browser.newContext({ baseURL: gateway.url, locale: 'en-GB' })
      return { context, complaints: watchForComplaints(context), page: await context.newPage() }
    }

    async function arriveSignedIn(user: TestUser, place = '/') {
      const visitor = await arrive()
      await visitor.page.goto(place)
      await submitLogin(visitor.page, { identifier: user.email, password: user.password })
      await newTiddler(visitor.page).waitFor()
      return visitor
    }

    /** A new wiki has no icon, and no tiddler under a name that it is just looking for. */
    const unexpected = (complaints: readonly string[]) => complaints.filter((text) => !text.includes('404'))
    const newTiddler = (page: Page) => page.getByRole('button', { name: 'new tiddler', exact: true })

    async function write(page: Page, title: string, text: string, shown = text): Promise<void> {
      await newTiddler(page).click()
      await page.locator('input.tc-titlebar').fill(title)
      await page.frameLocator('iframe.tc-edit-texteditor-body').locator('textarea').fill(text)
      await page.getByTitle('Confirm changes to this tiddler').click()
      await page.locator('.tc-tiddler-frame', { hasText: shown }).waitFor()
    }

    /** What the wiki has on disk under a title. */
    function fileOf(title: string): string | undefined {
      const file = path.join(folder, 'tiddlers', `${title}.tid`)
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined
    }

    it('keeps a note under its writer’s name, for a second browser to see', async () => {
      const { page, complaints } = await arriveSignedIn(ALICE)
      await write(page, 'Harbour dues', 'Paid up to Michaelmas.')
      await expect.poll(() => fileOf('Harbour dues')).toContain('Paid up to Michaelmas.')
      expect(fileOf('Harbour dues')).toMatch(/^modifier: alice$/m)
      await page.screenshot({ path: pictureFile('tiddlywiki') })
      expect(unexpected(complaints)).toEqual([])

      const other = await arriveSignedIn(BOB, '/#Harbour%20dues')
      expect(placeOf(other.page)).toContain('#Harbour%20dues')
      await other.page.getByText('Paid up to Michaelmas.').waitFor()
      await other.page.getByText('alice', { exact: true }).first().waitFor()
      await write(other.page, 'Cranes', 'Two of them creak.')
      await expect.poll(() => fileOf('Cranes')).toContain('Two of them creak.')
      expect(fileOf('Cranes')).toMatch(/^modifier: bøb$/m)
      expect(unexpected(other.complaints)).toEqual([])
    })

    it('shows an anonymous visitor the login and nothing else', async () => {
      const { page } = await arrive()
      await page.goto('/')
      expect(placeOf(page)).toBe('/auth/login')
      for (const [method, target] of [
        ['GET', '/status'],
        ['GET', '/recipes/default/tiddlers.json'],
        ['GET', '/login-basic'],
        ['PUT', '/recipes/default/tiddlers/Intruder'],
        ['DELETE', '/bags/default/tiddlers/GettingStarted'],
      ] as const) {
        const response = await fetch(`${gateway.url}${target}`, {
          method,
          headers: {
            'X-Requested-With': 'TiddlyWiki',
            'X-Authenticated-User': 'alice',
            x_authenticated_user: 'alice',
          },
          ...(method === 'PUT' ? { body: '{"text":"x"}' } : {}),
        })
        expect.soft([target, response.status]).toEqual([target, 401])
      }
      // The wiki itself would have believed it.
      const direct = await fetch(`${wikiUrl}/status`, { headers: { 'X-Authenticated-User': 'alice' } })
      expect(((await direct.json()) as { username: unknown }).username).toBe('alice')
    })

    it('gives a signed-in visitor no other name', async () => {
      const { page } = await arriveSignedIn(ALICE)
      const status = await page.evaluate(async () => {
        const response = await fetch('/status', {
          headers: { 'X-Authenticated-User': 'bøb'.replace('ø', 'o'), X_Authenticated_User: 'bob' },
        })
        return await response.json()
      })
      expect(status).toMatchObject({ username: 'alice', anonymous: false })
    })

    it('loses nothing that is written while the session has ended', async () => {
      const { page, context } = await arriveSignedIn(ALICE)
      const ended = await context.request.post('/auth/api/logout', { data: {} })
      expect(ended.status()).toBe(204)
      await write(page, 'Kept', 'Written after the session.')
      await page
        .getByText(/Sync error while processing save/)
        .first()
        .waitFor()
      expect(fileOf('Kept')).toBeUndefined()

      const again = await context.newPage()
      await again.goto('/auth/login?next=/status')
      await submitLogin(again, { identifier: ALICE.email, password: ALICE.password })
      await again.waitForURL('**/status')
      await expect.poll(() => fileOf('Kept'), { timeout: 30_000 }).toContain('Written after the session.')
    })

    it('signs out by a link in a tiddler', async () => {
      const { page, context } = await arriveSignedIn(ALICE)
      await write(page, 'Leave', '[ext[Sign out|/auth/logout]]', 'Sign out')
      // Until it is saved the wiki draws the tiddler again now and then, and a click in between is lost.
      await expect.poll(() => fileOf('Leave'), { timeout: 30_000 }).toBeDefined()
      const opening = context.waitForEvent('page')
      await page.getByRole('link', { name: 'Sign out' }).click()
      const asking = await opening
      await asking.getByRole('button', { name: 'Sign out' }).click()
      await asking.getByRole('heading', { name: 'Sign in' }).waitFor()
      await page.goto('/')
      expect(placeOf(page)).toBe('/auth/login')
    })
  },
)
