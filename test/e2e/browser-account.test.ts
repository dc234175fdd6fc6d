import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { hashToken, newToken } from '../../src/session/token.ts'
import { createInvitations } from '../../src/user/invitations.ts'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'

const EMAIL = 'grace@example.com'
const PASSWORD = 'a moth taped into the logbook'
const NEW_PASSWORD = 'seven nanoseconds of copper wire'
const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'

describe.skipIf(findChromium() === null && isOptional)(
  'an account, in a browser without scripts (needs chromium)',
  () => {
    let site: DemoSite
    let gateway: TestGateway
    let browser: Browser

    beforeAll(async () => {
      site = await startDemoSite()
      gateway = await startGateway({ entry: new URL('./sites/demo.ts', import.meta.url), origin: site.url })
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
      const context = await browser.newContext({
        baseURL: gateway.url,
        locale: 'en-GB',
        javaScriptEnabled: false,
        ...options,
      })
      return { complaints: watchForComplaints(context), page: await context.newPage() }
    }
    const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
    const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

    it('from an invitation to a changed password, and back in on another device', async () => {
      const token = newToken()
      const invitation = { email: EMAIL, name: 'Grace', roles: [], expiresAt: Date.now() + 60_000 }
      await createInvitations(gateway.d1)
        .invite(await hashToken(token), invitation, Date.now())
        .run()

      const { page, complaints } = await arrive()
      await page.goto(`/auth/register?invitation=${token}&next=/members/`)
      await heading(page, 'Create your account')
      await page.getByLabel('Password').fill('short')
      await press(page, 'Create account')
      await page.getByText('Use at least 15 characters.').waitFor()
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Grace')
      await page.getByLabel('Name', { exact: true }).fill('Grace Hopper')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.keyboard.press('Enter')
      await heading(page, 'Hello, Grace Hopper')

      const phone = await arrive({ viewport: { width: 390, height: 800 } })
      await phone.page.goto('/auth/account')
      await submitLogin(phone.page, { identifier: EMAIL, password: PASSWORD })
      await heading(phone.page, 'Profile')
      await phone.page.screenshot({ path: pictureFile('account-phone'), fullPage: true })
      await phone.page.getByRole('link', { name: 'Sessions' }).click()
      await heading(phone.page, 'Sessions')
      await phone.page.screenshot({ path: pictureFile('account-sessions-phone'), fullPage: true })

      await page.goto('/auth/account')
      await page.screenshot({ path: pictureFile('account'), fullPage: true })
      await page.getByRole('link', { name: 'Sessions' }).click()
      await page.screenshot({ path: pictureFile('account-sessions'), fullPage: true })
      expect(await page.getByText('This one').count()).toBe(1)
      await page.getByRole('link', { name: 'History' }).click()
      await heading(page, 'History')
      await page.screenshot({ path: pictureFile('account-history'), fullPage: true })
      await page.getByRole('link', { name: 'Profile' }).click()
      await page.getByLabel('Language').selectOption({ label: 'Deutsch' })
      await press(page, 'Save')
      await heading(page, 'Profil')
      await page.screenshot({ path: pictureFile('account-profile-de'), fullPage: true })
      await page.getByLabel('Sprache').selectOption('')
      await press(page, 'Speichern')
      await page.getByText('Saved.').waitFor()
      await page.getByRole('link', { name: 'Sessions' }).click()
      await page.getByRole('button', { name: /^Sign out: / }).click()
      await page.getByText('That session has been ended.').waitFor()
      await phone.page.reload()
      await heading(phone.page, 'Sign in')

      await page.getByRole('link', { name: 'Password' }).click()
      await page.screenshot({ path: pictureFile('account-password'), fullPage: true })
      await page.getByLabel('Current password').fill(PASSWORD)
      await page.getByLabel('New password').fill(NEW_PASSWORD)
      await press(page, 'Change password')
      await page.getByText('Your password has been changed.').waitFor()
      expect(placeOf(page)).toBe('/auth/account/password?done=password')

      await submitLogin(phone.page, { identifier: EMAIL, password: PASSWORD })
      await phone.page.getByText('don’t match').waitFor()
      await submitLogin(phone.page, { identifier: EMAIL, password: NEW_PASSWORD })
      await heading(phone.page, 'Sessions')
      expect(
        [...complaints, ...phone.complaints].filter((text) => !text.includes('the server responded with')),
      ).toEqual([])
    })

    it('an invitation that is no good says so, in German as well', async () => {
      const { page } = await arrive({ locale: 'de-DE' })
      await page.goto('/auth/register?invitation=nothing')
      await heading(page, 'Diese Einladung gilt nicht')
    })
  },
)
