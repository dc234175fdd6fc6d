import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { pictureFile, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { ALICE } from './support/users.ts'

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'

describe.skipIf(findChromium() === null && isOptional)(
  'API keys, in a browser without scripts (needs chromium)',
  () => {
    let site: DemoSite
    let gateway: TestGateway
    let browser: Browser

    beforeAll(async () => {
      site = await startDemoSite()
      const entry = new URL('./sites/demo.ts', import.meta.url)
      gateway = await startGateway({ entry, origin: site.url, users: [ALICE] })
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await gateway?.dispose()
      await site?.close()
    })

    async function arrive(options: BrowserContextOptions = {}) {
      const settings = { baseURL: gateway.url, locale: 'en-GB', javaScriptEnabled: false, ...options }
      const context = await browser.newContext(settings)
      return { complaints: watchForComplaints(context), page: await context.newPage(), context }
    }

    it('are made, copied, used by a program, and revoked', async () => {
      const { page, complaints, context } = await arrive()
      await page.goto('/auth/account/keys')
      await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
      await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
      await page.screenshot({ path: pictureFile('keys-none'), fullPage: true })

      await page.getByLabel('What is it for?').fill('Nightly report')
      await page.getByLabel('only read (GET)').check()
      await page.getByLabel('Only these paths').fill('members')
      await page.keyboard.press('Enter')
      await page.getByText('Write paths such as').waitFor()
      await page.screenshot({ path: pictureFile('keys-wrong'), fullPage: true })
      expect(await page.getByLabel('only read (GET)').isChecked()).toBe(true)
      await page.getByLabel('Only these paths').fill('/members/**')
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByText('Copy your key now.').waitFor()
      const key = await page.getByLabel('Nightly report', { exact: true }).inputValue()
      expect(key).toMatch(/^eg_[0-9A-Za-z]{49}$/)
      await page.screenshot({ path: pictureFile('keys-made'), fullPage: true })

      const open = (path: string, method = 'GET') =>
        fetch(gateway.url + path, { method, headers: { authorization: `Bearer ${key}` }, redirect: 'manual' })
      expect((await open('/members/')).status).toBe(200)
      expect((await open('/members/', 'POST')).status).toBe(403)
      expect((await open('/admin/')).status).toBe(403)
      const signIn = await fetch(`${gateway.url}/auth/api/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ identifier: ALICE.email, password: ALICE.password, client_id: 'phone-app' }),
      })
      expect(signIn.status).toBe(200)

      for (const [name, options] of [
        ['keys', {}],
        ['keys-phone', { viewport: { width: 390, height: 800 } }],
        ['keys-dark', { colorScheme: 'dark' }],
        ['keys-german', { locale: 'de-DE' }],
      ] as const) {
        const other = await arrive({ ...options, storageState: await context.storageState() })
        await other.page.goto('/auth/account/keys')
        await other.page.screenshot({ path: pictureFile(name), fullPage: true })
        const width = await other.page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth)
        expect(width).toBe(0)
      }

      await page.goto('/auth/account/keys')
      await page.getByRole('button', { name: 'Revoke: Nightly report' }).click()
      await page.getByText('The key has been revoked.').waitFor()
      expect((await open('/members/')).status).toBe(401)
      await page.getByRole('button', { name: 'Sign out: phone-app' }).click()
      await page.getByText('The program has been signed out.').waitFor()
      expect(complaints.filter((text) => !text.includes('the server responded with'))).toEqual([])
    })
  },
)
