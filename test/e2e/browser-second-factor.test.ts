import { Secret, TOTP } from 'otpauth'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { type RecordingOrigin, startOrigin } from './support/origin.ts'
import type { TestUser } from './support/users.ts'

const PASSWORD = 'correct gate opens quietly'
const person = (name: string): TestUser => ({
  id: `user_${name.toLowerCase()}`,
  email: `${name.toLowerCase()}@example.com`,
  name,
  roles: [],
  password: PASSWORD,
})
const PEOPLE = ['Ada', 'Grace', 'Lin', 'Mary', 'Dora', 'Pia', 'Greta'].map(person)

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'

describe.skipIf(findChromium() === null && isOptional)(
  'second factors, in a browser (needs chromium)',
  () => {
    let origin: RecordingOrigin
    let gateway: TestGateway
    let browser: Browser

    beforeAll(async () => {
      origin = await startOrigin()
      gateway = await startGateway({
        entry: new URL('./sites/strong.ts', import.meta.url),
        origin: origin.url,
        users: PEOPLE,
      })
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await gateway?.dispose()
      await origin?.close()
    })
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close()
    })

    /** Browsers make passkeys for names only, not for 127.0.0.1; `.localhost` is this machine (RFC 6761). */
    async function arrive(options: BrowserContextOptions = {}) {
      const baseURL = `http://strong.example.localhost:${gateway.port}`
      const context = await browser.newContext({ baseURL, locale: 'en-GB', ...options })
      return { context, complaints: watchForComplaints(context), page: await context.newPage() }
    }

    async function signIn(page: Page, name: string, to = '/auth/account/factors'): Promise<void> {
      await page.goto(`/auth/login?next=${encodeURIComponent(to)}`)
      await submitLogin(page, { identifier: `${name}@example.com`, password: PASSWORD })
    }

    function heading(page: Page, name: string | RegExp): Promise<void> {
      return page.getByRole('heading', { level: 1, name }).waitFor()
    }

    /** A telephone or laptop that unlocks by fingerprint, and keeps passkeys. */
    async function giveAuthenticator(page: Page): Promise<void> {
      const client = await page.context().newCDPSession(page)
      await client.send('WebAuthn.enable', { enableUI: false })
      await client.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      })
    }

    /** Each code is good once: later ones of the same half minute are those of the next, which is near enough. */
    function codeAt(seed: string, step: -1 | 0 | 1): string {
      return new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: Date.now() + step * 30_000 })
    }

    async function signOut(page: Page): Promise<void> {
      await page.goto('/auth/logout')
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(/login|logout/)
    }

    /** From the account page to a set-up app. Answers its key and the recovery codes. */
    async function addApp(page: Page, picture: string | null = null) {
      await page.getByRole('link', { name: 'Add an authenticator app' }).click()
      await heading(page, 'Add an authenticator app')
      const seed = ((await page.locator('code.key').textContent()) ?? '').replaceAll(' ', '')
      if (picture) await page.screenshot({ path: pictureFile(picture), fullPage: true })
      await page.getByLabel('Code from the app').fill(codeAt(seed, -1))
      await page.getByRole('button', { name: 'Turn on' }).click()
      await heading(page, 'Save your recovery codes')
      await page.locator('.codes code').first().waitFor()
      const codes = await page.locator('.codes code').allTextContents()
      if (picture) await page.screenshot({ path: pictureFile(`${picture}-codes`), fullPage: true })
      await page.getByRole('link', { name: 'I have saved them' }).click()
      return { seed, codes }
    }

    it('a passkey: added with a fingerprint, then it signs in without a name', async () => {
      const { page, complaints } = await arrive()
      await giveAuthenticator(page)
      await signIn(page, 'ada')
      await heading(page, 'Sign-in security')
      await page.screenshot({ path: pictureFile('factors-none'), fullPage: true })
      await page.getByRole('link', { name: 'Add a passkey' }).click()
      await heading(page, 'Add a passkey')
      await page.screenshot({ path: pictureFile('passkey-add') })
      await page.getByLabel('Name').fill('Work laptop')
      await page.getByRole('button', { name: 'Create the passkey' }).click()
      await heading(page, 'Save your recovery codes')
      expect(await page.locator('.codes code').count()).toBe(10)
      await page.getByRole('link', { name: 'I have saved them' }).click()
      await page.getByText('Work laptop').waitFor()
      await page.screenshot({ path: pictureFile('factors-passkey'), fullPage: true })

      await signOut(page)
      await page.goto('/vault/x#shelf')
      // The browser offers it in the name field, and the authenticator of this test takes every offer at once.
      await page.waitForURL('**/vault/x#shelf')
      const session = await page.evaluate(async () => await (await fetch('/auth/api/session')).json())
      expect(session).toMatchObject({
        user: { email: 'ada@example.com' },
        session: { mfa: true, methods: expect.arrayContaining(['user', 'mfa']) },
      })
      expect(complaints).toEqual([])
    })

    it('a passkey as second step, by the button; a refused one leaves the other ways', async () => {
      const { page } = await arrive()
      await giveAuthenticator(page)
      await signIn(page, 'mary')
      await page.getByRole('link', { name: 'Add a passkey' }).click()
      await page.getByRole('button', { name: 'Create the passkey' }).click()
      await page.locator('.codes code').first().waitFor()
      const codes = await page.locator('.codes code').allTextContents()
      await page.getByRole('link', { name: 'I have saved them' }).click()

      const elsewhere = await arrive()
      await signIn(elsewhere.page, 'mary')
      await heading(elsewhere.page, 'One more step')
      await elsewhere.page.screenshot({ path: pictureFile('mfa-passkey') })
      await elsewhere.page.getByRole('link', { name: 'Use a recovery code' }).click()
      await elsewhere.page.screenshot({ path: pictureFile('mfa-recovery') })
      await elsewhere.page.getByLabel('Recovery code').fill(codes[0] ?? '')
      await elsewhere.page.getByRole('button', { name: 'Continue' }).click()
      await heading(elsewhere.page, 'Sign-in security')
      await elsewhere.page.getByText('9 of 10 are left.').waitFor()
    })

    it('an app: step-up, a trusted device, and trust taken back', async () => {
      const { page, complaints } = await arrive()
      await signIn(page, 'grace', '/vault/x')
      await heading(page, 'Add a second step')
      await page.screenshot({ path: pictureFile('mfa-setup') })
      const { seed } = await addApp(page, 'app')
      await page.waitForURL('**/vault/x')

      await signOut(page)
      await page.goto('/vault/x#shelf')
      await submitLogin(page, { identifier: 'grace@example.com', password: PASSWORD })
      await heading(page, 'One more step')
      await page.screenshot({ path: pictureFile('mfa-code') })
      await page.getByLabel('Code from the app').fill('000000')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('That code isn’t right').waitFor()
      await page.screenshot({ path: pictureFile('mfa-wrong') })
      await page.getByLabel('Code from the app').fill(codeAt(seed, 0))
      await page.getByLabel('Don’t ask again on this device').check()
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.waitForURL('**/vault/x#shelf')

      await signOut(page)
      await signIn(page, 'grace', '/vault/x')
      await page.waitForURL('**/vault/x')

      await page.goto('/auth/account/factors')
      await page.screenshot({ path: pictureFile('factors-trusted'), fullPage: true })
      await page.getByRole('button', { name: /Stop trusting/ }).click()
      await page.getByText('That device will be asked for the second step again.').waitFor()
      await page.goto('/vault/x')
      await heading(page, 'Confirm it’s you')
      expect(placeOf(page)).toBe('/auth/mfa?next=%2Fvault%2Fx')
      await page.getByLabel('Code from the app').fill(codeAt(seed, 1))
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.waitForURL('**/vault/x')
      expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([])
    })

    it('a lost phone: a recovery code lets its owner in, who takes it off and sets up the new one', async () => {
      const { page } = await arrive()
      await signIn(page, 'lin')
      const lost = await addApp(page)
      await signOut(page)

      await signIn(page, 'lin')
      await page.getByRole('link', { name: 'Use a recovery code' }).click()
      await page.getByLabel('Recovery code').fill((lost.codes[3] ?? '').toUpperCase())
      await page.getByRole('button', { name: 'Continue' }).click()
      await heading(page, 'Sign-in security')
      await page.getByRole('link', { name: 'Remove' }).click()
      await heading(page, 'Remove Authenticator app?')
      await page.screenshot({ path: pictureFile('factor-remove') })
      await page.getByRole('button', { name: 'Remove' }).click()
      await page.getByText('The sign-in method was removed.').waitFor()
      const found = await addApp(page)
      await page.getByText('Your account is safer now').waitFor()
      expect(found.codes).not.toContain(lost.codes[0])

      await signOut(page)
      await signIn(page, 'lin')
      await page.getByLabel('Code from the app').fill(codeAt(lost.seed, 0))
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('That code isn’t right').waitFor()
      await page.getByLabel('Code from the app').fill(codeAt(found.seed, 0))
      await page.getByRole('button', { name: 'Continue' }).click()
      await heading(page, 'Sign-in security')
    })

    it.each([
      ['dark', 'Dora', { colorScheme: 'dark' }],
      ['phone', 'Pia', { viewport: { width: 390, height: 844 } }],
      ['german', 'Greta', { locale: 'de-DE', viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
    ] as const)('no page is wider than the screen: %s', async (name, who, options) => {
      const { page, complaints } = await arrive(options)
      const look = async (picture: string) => {
        await page.screenshot({ path: pictureFile(`${picture}-${name}`), fullPage: true })
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect(overflow, picture).toBeLessThanOrEqual(0)
      }
      await page.goto('/auth/login?next=/vault/x')
      await look('login-passkey')
      await page.locator('#identifier').fill(`${who.toLowerCase()}@example.com`)
      await page.locator('#password').fill(PASSWORD)
      await page.locator('#password').press('Enter')
      await page.waitForURL('**/auth/mfa/setup**')
      await look('mfa-setup')
      await page.goto('/auth/mfa/setup/passkey')
      await look('passkey-add')
      await page.goto('/auth/mfa/setup/app')
      await look('app')
      const seed = ((await page.locator('code.key').textContent()) ?? '').replaceAll(' ', '')
      await page.locator('#code').fill(codeAt(seed, 0))
      await page.locator('#code').press('Enter')
      await page.locator('.codes').waitFor()
      await look('app-codes')
      await page.goto('/auth/account/factors')
      await look('factors')
      await page.goto('/auth/mfa')
      await look('mfa')
      expect(complaints).toEqual([])
    })
  },
)
