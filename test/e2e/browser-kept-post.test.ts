import { createHash, randomBytes } from 'node:crypto'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { ALICE } from './support/users.ts'

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'
const SIGNED_IN = { identifier: ALICE.email, password: ALICE.password }
const LINES = 'The keeper of the light\nsends regards, with 3 < 4 & “quotes”.'

describe.skipIf(findChromium() === null && isOptional)(
  'a form survives the end of a session, in a browser (needs chromium)',
  () => {
    let site: DemoSite
    let gateway: TestGateway
    let browser: Browser

    beforeAll(async () => {
      site = await startDemoSite()
      const entry = new URL('./sites/kept.ts', import.meta.url)
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

    async function signedIn(options: BrowserContextOptions = {}, remember = false) {
      const context = await browser.newContext({ baseURL: gateway.url, locale: 'en-GB', ...options })
      const complaints = watchForComplaints(context)
      const page = await context.newPage()
      await page.goto('/auth/login?next=/members/guestbook')
      await submitLogin(page, { ...SIGNED_IN, remember })
      await heading(page, 'Guestbook')
      return { context, complaints, page }
    }
    const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
    const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
    const picture = (page: Page, name: string) => page.screenshot({ path: pictureFile(name), fullPage: true })

    async function writeAfterTheEnd(options: BrowserContextOptions) {
      const visit = await signedIn(options)
      await visit.page.getByLabel('Your line').fill(LINES)
      await visit.context.clearCookies({ name: 'edgegate' })
      await press(visit.page, 'Sign the book')
      await visit.page.getByText('has been kept for you').waitFor()
      return visit
    }

    it.each([
      { name: 'kept', options: { javaScriptEnabled: false } },
      { name: 'kept-phone', options: { viewport: { width: 390, height: 800 } } },
      { name: 'kept-dark', options: { colorScheme: 'dark', javaScriptEnabled: false } },
    ] as const)('what was written arrives, at its own address ($name)', async ({ name, options }) => {
      const { page, complaints } = await writeAfterTheEnd(options)
      await picture(page, `${name}-login`)
      await submitLogin(page, SIGNED_IN)
      await heading(page, 'Your form is still here')
      expect(await page.getByText('The keeper of the light').innerText()).toBe(LINES)
      await picture(page, name)
      await press(page, 'Send it now')
      await heading(page, 'Guestbook')
      expect(placeOf(page)).toBe('/members/guestbook')
      const entries = page.locator('.notes li').filter({ hasText: 'The keeper of the light' })
      const before = await entries.count()
      expect(await entries.first().innerText()).toContain('3 < 4 & “quotes”.')

      await page.goBack()
      await heading(page, 'This form is no longer here')
      await page.goto('/members/guestbook')
      expect(await entries.count()).toBe(before)
      expect(complaints.filter((text) => !text.includes('the server responded with'))).toEqual([])
    })

    it('a file arrives to the byte, across a confirmation of the password', async () => {
      const { context, page } = await signedIn({ javaScriptEnabled: false }, true)
      const buffer = randomBytes(150_000)
      await page.getByLabel('A file').setInputFiles({ name: 'Grundriß.bin', mimeType: 'image/png', buffer })
      await context.clearCookies({ name: 'edgegate' })
      await press(page, 'Upload')
      await heading(page, 'Confirm it’s you')
      await page.getByText('has been kept for you').waitFor()
      await page.getByLabel('Password').fill(ALICE.password)
      await press(page, 'Continue')
      await heading(page, 'Your form is still here')
      await page.getByText('Grundriß.bin').waitFor()
      await page.getByText('150 kB').waitFor()
      await picture(page, 'kept-file')
      await press(page, 'Send it now')
      await page.getByText(createHash('sha256').update(buffer).digest('hex')).waitFor()
      expect(placeOf(page)).toBe('/members/guestbook')
    })

    it('an answer that is shown at once stands at the form’s own address, where its relative links work', async () => {
      const { page } = await writeAfterTheEnd({})
      await submitLogin(page, SIGNED_IN)
      await heading(page, 'Your form is still here')
      await press(page, 'Discard it')
      await heading(page, 'Guestbook')
      // The site refuses what is empty with a page, not a redirect.
      await page.locator('textarea').evaluate((element) => element.removeAttribute('required'))
      await page.context().clearCookies({ name: 'edgegate' })
      await press(page, 'Sign the book')
      await submitLogin(page, SIGNED_IN)
      await heading(page, 'Your form is still here')
      await press(page, 'Send it now')
      await page.getByText('Please write something first.').waitFor()
      expect(placeOf(page)).toBe('/members/guestbook')
    })

    it('what is too large is said to be lost before the login, which leads back to the form', async () => {
      const { context, page } = await signedIn({ javaScriptEnabled: false })
      const buffer = randomBytes(300_000)
      await page.getByLabel('A file').setInputFiles({ name: 'a.bin', mimeType: 'image/png', buffer })
      await context.clearCookies({ name: 'edgegate' })
      await press(page, 'Upload')
      await page.getByText('could not be kept').waitFor()
      await picture(page, 'kept-lost')
      await submitLogin(page, SIGNED_IN)
      await heading(page, 'Guestbook')
    })
  },
)
