import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { ALICE } from './support/users.ts'

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'
const PHONE = { viewport: { width: 390, height: 800 } } as const

describe.skipIf(findChromium() === null && isOptional)(
  'a sign-in on one device, approved on another, in two browsers (needs chromium)',
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
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close()
    })

    async function arrive(options: BrowserContextOptions = {}) {
      const context = await browser.newContext({ baseURL: gateway.url, locale: 'en-GB', ...options })
      return { complaints: watchForComplaints(context), page: await context.newPage() }
    }
    const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
    const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
    const picture = (page: Page, name: string) => page.screenshot({ path: pictureFile(name), fullPage: true })

    async function begin(page: Page) {
      await page.goto('/members/')
      await page.getByRole('link', { name: 'Use another device' }).click()
      await heading(page, 'Sign in with another device')
      await picture(page, 'handoff-begin')
      await page.getByLabel('Keep me signed in').check()
      await press(page, 'Show a code')
      await heading(page, 'Approve on your other device')
      const [code = '', number = ''] = await page.locator('dl.shown dd').allInnerTexts()
      return { code, number }
    }

    it.each([
      { name: 'scripts', javaScriptEnabled: true, colorScheme: 'light' },
      { name: 'no-scripts', javaScriptEnabled: false, colorScheme: 'dark' },
    ] as const)('a phone signs the desktop in, which goes on by itself ($name)', async (options) => {
      const { name, ...context } = options
      const desktop = await arrive(context)
      const phone = await arrive({ ...context, ...PHONE })
      const { code, number } = await begin(desktop.page)
      await picture(desktop.page, `handoff-waiting-${name}`)

      await phone.page.goto(`/auth/handoff?code=${code}`)
      await submitLogin(phone.page, { identifier: ALICE.email, password: ALICE.password })
      await heading(phone.page, 'Are you signing in on another device?')
      await picture(phone.page, `handoff-ask-${name}`)
      await press(phone.page, `It shows ${number}: approve`)
      await heading(phone.page, 'Approved')
      await picture(phone.page, `handoff-approved-${name}`)

      if (!context.javaScriptEnabled) {
        await heading(desktop.page, 'Approved')
        await picture(desktop.page, `handoff-ready-${name}`)
        await press(desktop.page, 'Continue')
      }
      await heading(desktop.page, 'Hello, Alice Liddell')
      expect(placeOf(desktop.page)).toBe('/members/')

      await phone.page.goto('/auth/account/sessions')
      expect(await phone.page.locator('.rows li').count()).toBeGreaterThanOrEqual(2)
      await phone.page.goto('/auth/logout')
      await press(phone.page, 'Sign out')
      await desktop.page.reload()
      await heading(desktop.page, 'Hello, Alice Liddell')
      expect(
        [...desktop.complaints, ...phone.complaints].filter((text) => !text.includes('responded with')),
      ).toEqual([])
    })

    it('a wrong number signs nobody in, and both sides say so', async () => {
      const desktop = await arrive(PHONE)
      const phone = await arrive()
      const { code, number } = await begin(desktop.page)
      await picture(desktop.page, 'handoff-waiting-phone')
      await phone.page.goto('/auth/handoff')
      await phone.page.getByRole('link', { name: 'Enter another device’s code' }).click()
      await submitLogin(phone.page, { identifier: ALICE.email, password: ALICE.password })
      await heading(phone.page, 'Approve another device')
      await phone.page.getByLabel('Code').fill('bbbb bbbb')
      await press(phone.page, 'Continue')
      await phone.page.getByText('There is no such code').waitFor()
      await picture(phone.page, 'handoff-enter')
      await phone.page.getByLabel('Code').fill(code.toLowerCase())
      await press(phone.page, 'Continue')
      await heading(phone.page, 'Are you signing in on another device?')
      await picture(phone.page, 'handoff-ask')
      const numbers = await phone.page.locator('.numbers button').allInnerTexts()
      await press(phone.page, `It shows ${numbers.find((other) => other !== number)}: approve`)
      await heading(phone.page, 'That isn’t the number')
      await picture(phone.page, 'handoff-wrong')
      await heading(desktop.page, 'Not approved')
      await picture(desktop.page, 'handoff-denied')
      await press(desktop.page, 'Start again')
      await heading(desktop.page, 'Sign in with another device')
    })
  },
)
