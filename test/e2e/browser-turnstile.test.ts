import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser, WITHOUT_SCRIPTS } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { startTurnstile, TURNSTILE_SECRET, type TurnstileService } from './support/turnstile.ts'
import { ALICE } from './support/users.ts'

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'

describe.skipIf(findChromium() === null && isOptional)(
  'the check for robots, in a browser (needs chromium)',
  () => {
    let site: DemoSite
    let turnstile: TurnstileService
    let gateway: TestGateway
    let browser: Browser

    beforeAll(async () => {
      site = await startDemoSite()
      turnstile = await startTurnstile('127.0.0.1')
      gateway = await startGateway({
        entry: new URL('./sites/turnstile.ts', import.meta.url),
        origin: site.url,
        users: [ALICE],
        bindings: { EDGEGATE_TURNSTILE: turnstile.url, TURNSTILE_SECRET },
      })
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await gateway?.dispose()
      await turnstile?.close()
      await site?.close()
    })
    afterEach(async () => {
      turnstile.broken = false
      for (const context of browser.contexts()) await context.close()
    })

    async function arrive(options: BrowserContextOptions = {}) {
      const context = await browser.newContext({ baseURL: gateway.url, locale: 'en-GB', ...options })
      return { complaints: watchForComplaints(context), page: await context.newPage() }
    }
    const takePicture = (page: Page, name: string) =>
      page.screenshot({ path: pictureFile(`turnstile-${name}`), fullPage: true })
    const passed = (page: Page) =>
      page.waitForFunction(
        () => document.querySelector<HTMLInputElement>('[name=cf-turnstile-response]')?.value,
      )

    it('lets who passed it sign in, under a policy that stops nothing else', async () => {
      const { page, complaints } = await arrive()
      await page.goto('/auth/login?next=/members/')
      await passed(page)
      await page.frameLocator('iframe').getByText('Verified').waitFor()
      await takePicture(page, 'login')
      await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
      await page.waitForURL('**/members/')
      expect(placeOf(page)).toBe('/members/')
      expect(turnstile.asked.at(-1)).toMatchObject({ secret: TURNSTILE_SECRET, remoteip: '127.0.0.1' })
      expect(complaints).toEqual([])
    })

    it('asks again after a wrong password, as an answer is good once', async () => {
      const { page } = await arrive()
      await page.goto('/auth/login?next=/members/')
      await passed(page)
      await submitLogin(page, { identifier: ALICE.email, password: 'not the password at all' })
      await page.getByText('don’t match').waitFor()
      await passed(page)
      await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
      await page.waitForURL('**/members/')
    })

    it('tells who has no JavaScript what is missing', async () => {
      const without = await launchBrowser(WITHOUT_SCRIPTS)
      try {
        const page = await without.newPage({ baseURL: gateway.url, locale: 'en-GB' })
        await page.goto('/auth/login')
        // Playwright looks for no text within `<noscript>`, whether it is shown or not.
        await page.locator('noscript p').waitFor()
        expect(await page.locator('noscript p').innerText()).toContain('needs JavaScript for that')
        await takePicture(page, 'no-script')
        await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
        await page.getByText('was not passed').waitFor()
      } finally {
        await without.close()
      }
    })

    it('lets nobody in while the service is down, and says so', async () => {
      const { page } = await arrive({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' })
      await page.goto('/auth/login')
      await passed(page)
      turnstile.broken = true
      await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
      await page.getByText('isn’t possible at the moment').waitFor()
      await takePicture(page, 'down')
      await page.goto('/members/')
      expect(placeOf(page)).toMatch(/^\/auth\/login/)
    })

    it('stands before a forgotten password, too', async () => {
      const { page, complaints } = await arrive()
      await page.goto('/auth/forgot')
      await passed(page)
      await takePicture(page, 'forgot')
      await page.getByLabel('Email or username').fill(ALICE.email)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/auth/forgot?done=sent')
      expect(complaints).toEqual([])
    })
  },
)
