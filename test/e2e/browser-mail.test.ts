import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { ALICE } from './support/users.ts'

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'
const PHONE = { viewport: { width: 390, height: 800 } }

describe.skipIf(findChromium() === null && isOptional)('mails, read in a browser (needs chromium)', () => {
  let site: DemoSite
  let gateway: TestGateway
  let browser: Browser

  beforeAll(async () => {
    site = await startDemoSite()
    gateway = await startGateway({
      entry: new URL('./sites/demo.ts', import.meta.url),
      origin: site.url,
      users: [ALICE],
    })
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
  const takePicture = (page: Page, name: string) =>
    page.screenshot({ path: pictureFile(name), fullPage: true })

  it('a notice of a new device lands in the mailbox of development, and its link leads to the account', async () => {
    const { page, complaints } = await arrive()
    await page.goto('/auth/dev/mail')
    await page.getByText('No mail yet').waitFor()
    await takePicture(page, 'mailbox-empty')

    await page.goto('/auth/account')
    await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
    await page.waitForURL('**/auth/account')

    await page.goto('/auth/dev/mail')
    const letter = page.getByRole('link', { name: 'New sign-in to Harbour & Lark' })
    // It is sent after the answer.
    for (let look = 0; look < 50 && (await letter.count()) === 0; look++) {
      await page.waitForTimeout(100)
      await page.getByRole('link', { name: 'Look again' }).click()
    }
    await takePicture(page, 'mailbox')
    await letter.click()
    const shown = page.frameLocator('iframe')
    await shown.getByRole('heading', { name: 'New sign-in to Harbour & Lark' }).waitFor()
    await shown.getByText(ALICE.email).waitFor()
    await shown.getByText('Chrome on Linux').waitFor()
    await takePicture(page, 'mailbox-mail')
    await shown.getByRole('link', { name: 'Look at your account' }).click()
    await page.waitForURL('**/auth/account')
    expect(placeOf(page)).toBe('/auth/account')

    await page.goBack()
    await page
      .locator('pre')
      .getByRole('link', { name: `${gateway.url}/auth/account` })
      .click()
    await page.waitForURL('**/auth/account')
    expect(complaints).toEqual([])
  })

  it.each([
    ['phone', PHONE],
    ['dark', { colorScheme: 'dark' }],
    ['dark-phone', { ...PHONE, colorScheme: 'dark' }],
    ['german', { locale: 'de-DE' }],
  ] as const)('looks right: %s', async (name, options) => {
    const { page, complaints } = await arrive(options)
    await page.goto('/auth/account')
    const german = name === 'german'
    await page.getByLabel(german ? 'E-Mail-Adresse oder Benutzername' : 'Email or username').fill(ALICE.email)
    await page.getByLabel(german ? 'Passwort' : 'Password').fill(ALICE.password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/auth/account')
    const title = german ? 'Neue Anmeldung bei Harbour & Lark' : 'New sign-in to Harbour & Lark'
    await page.goto('/auth/dev/mail')
    const letter = page.getByRole('link', { name: title }).first()
    for (let look = 0; look < 50 && (await letter.count()) === 0; look++) {
      await page.waitForTimeout(100)
      await page.reload()
    }
    await takePicture(page, `mailbox-${name}`)
    await letter.click()
    await takePicture(page, `mailbox-mail-${name}`)
    await page.goto(`${page.url()}/html`)
    await page.getByRole('heading', { name: title }).waitFor()
    const width = page.viewportSize()?.width ?? 0
    // Without scripts in the page the browser's own protocol still measures.
    const { width: wide } = (await page.locator('body').boundingBox()) ?? { width: 0 }
    expect(wide).toBeLessThanOrEqual(width)
    await takePicture(page, `mail-${name}`)
    expect(complaints).toEqual([])
  })
})
