import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { ALICE } from './support/users.ts'

const EMAIL = 'hedy@example.com'
const NEW_EMAIL = 'hedy@film.example'
const PASSWORD = 'eighty eight hopping frequencies'
const NEW_PASSWORD = 'a piano roll under the sea'
const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'
const PHONE = { viewport: { width: 390, height: 800 } }

interface KeptMail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

describe.skipIf(findChromium() === null && isOptional)(
  'the life of an account, on a laptop and a phone without scripts (needs chromium)',
  () => {
    let site: DemoSite
    let gateway: TestGateway
    let browser: Browser

    beforeAll(async () => {
      site = await startDemoSite()
      gateway = await startGateway({
        entry: new URL('./sites/open.ts', import.meta.url),
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
    const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
    const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
    const shoot = (page: Page, name: string) =>
      page.screenshot({ path: pictureFile(`life-${name}`), fullPage: true })

    /** The newest mail to an address with these words in its subject; it is sent after the answer, so it may take a moment. */
    async function mailTo(email: string, words: string): Promise<KeptMail> {
      for (let look = 0; look < 100; look++) {
        const answer = (await (await fetch(`${gateway.url}/auth/api/dev/mail`)).json()) as {
          readonly mails: readonly KeptMail[]
        }
        const mail = answer.mails.find(({ to, subject }) => to === email && subject.includes(words))
        if (mail) return mail
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error(`no mail to ${email} about ${words}`)
    }
    const linkIn = ({ text }: KeptMail) => /^https?:\/\/\S+token=\S+$/m.exec(text)?.[0] ?? ''
    const codeIn = ({ text }: KeptMail) => /^ {4}(\d{3} \d{3})$/m.exec(text)?.[1] ?? ''

    it('from signing up to deletion', async () => {
      const laptop = await arrive()
      const phone = await arrive(PHONE)
      const { page } = laptop
      const mobile = phone.page

      await page.goto('/auth/login?next=/members/')
      await shoot(page, 'login')
      await page.getByRole('link', { name: 'Create an account' }).click()
      await heading(page, 'Create your account')
      await page.getByLabel('Email address').fill('hedy')
      await page.getByLabel('Name (if you like)', { exact: true }).fill('Hedy Lamarr')
      await page.getByLabel('Password').fill('short')
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByText('This isn’t an email address').waitFor()
      await shoot(page, 'sign-up-wrong')
      await page.getByLabel('Email address').fill(EMAIL)
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Create account' }).click()
      await heading(page, 'Look into your mailbox')
      await shoot(page, 'sign-up-wait')

      // The mail is read on the phone, where the password is asked for once more.
      await mobile.goto(linkIn(await mailTo(EMAIL, 'Your account at')))
      await heading(mobile, 'Create your account')
      await shoot(mobile, 'sign-up-phone')
      await mobile.getByLabel('Password').fill(PASSWORD)
      await mobile.getByRole('button', { name: 'Create account' }).click()
      await heading(mobile, 'Hello, Hedy Lamarr')
      // Whoever comes back to the laptop goes on there as well.
      await press(page, 'I opened the link on another device')
      await heading(page, 'Hello, Hedy Lamarr')
      await mobile.goto(linkIn(await mailTo(EMAIL, 'Your account at')))
      await heading(mobile, 'This link doesn’t work any more')
      await shoot(mobile, 'spent-phone')

      // Forgotten on the laptop, set anew on the phone; everybody is signed out.
      await page.goto('/auth/account')
      await heading(page, 'Profile')
      await mobile.goto('/auth/forgot')
      await shoot(mobile, 'forgot-phone')
      await mobile.getByLabel('Email or username').fill(EMAIL)
      await press(mobile, 'Send the link')
      await heading(mobile, 'Look into your mailbox')
      await mobile.goto(linkIn(await mailTo(EMAIL, 'A new password')))
      await shoot(mobile, 'reset-phone')
      await mobile.getByLabel('New password').fill(NEW_PASSWORD)
      await press(mobile, 'Set the password')
      await mobile.getByText('Your new password is set.').waitFor()
      await page.reload()
      await heading(page, 'Sign in')
      await submitLogin(page, { identifier: EMAIL, password: NEW_PASSWORD })
      await heading(page, 'Profile')

      // Another address: asked for on the laptop, proven on the phone with the password.
      await page.getByRole('link', { name: 'Email address' }).click()
      await heading(page, 'Email address')
      await page.getByLabel('New address').fill(NEW_EMAIL)
      await shoot(page, 'address')
      await press(page, 'Send the link')
      await page.getByText('A mail is on its way.').waitFor()
      await mobile.goto(linkIn(await mailTo(NEW_EMAIL, 'Confirm your address')))
      await heading(mobile, 'Confirm your address')
      await shoot(mobile, 'confirm-phone')
      await mobile.getByLabel('Password').fill(NEW_PASSWORD)
      await press(mobile, 'Confirm the address')
      await heading(mobile, 'Address confirmed')
      await page.reload()
      await page.getByText(NEW_EMAIL).first().waitFor()
      expect(linkIn(await mailTo(EMAIL, 'was changed'))).toContain('/auth/email-undo?token=')

      // The phone gets in by mail; the laptop ends that session.
      await mobile.goto('/auth/link')
      await mobile.getByLabel('Email or username').fill(NEW_EMAIL)
      await press(mobile, 'Send the mail')
      await shoot(mobile, 'link-wait-phone')
      await mobile.getByLabel('Code from the mail').fill(codeIn(await mailTo(NEW_EMAIL, 'Sign in to')))
      await press(mobile, 'Sign in')
      await mobile.waitForURL('**/')
      await mobile.goto('/auth/account')
      await heading(mobile, 'Profile')
      await page.getByRole('link', { name: 'Sessions' }).click()
      await page.getByRole('button', { name: /^Sign out: / }).click()
      await page.getByText('That session has been ended.').waitFor()
      await mobile.reload()
      await heading(mobile, 'Sign in')

      // Taking the data along, and leaving.
      await page.getByRole('link', { name: 'Delete account' }).click()
      await heading(page, 'Delete account')
      await shoot(page, 'delete')
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.goto('/auth/account/data.json').catch(() => null),
      ])
      expect(JSON.stringify(file.suggestedFilename())).toContain('account.json')
      await page.goto('/auth/account/delete')
      await page.getByLabel('I want my account to be deleted').check()
      await press(page, 'Delete my account')
      await heading(page, 'Your account will be deleted')
      await shoot(page, 'deleted')
      await mailTo(NEW_EMAIL, 'will be deleted')
      await gateway.d1.prepare('UPDATE deletion SET due_at = 1').run()
      await gateway.runJobs()
      await page.goto('/auth/login')
      await submitLogin(page, { identifier: NEW_EMAIL, password: NEW_PASSWORD })
      await page.getByText('don’t match').waitFor()
      const left = await gateway.d1
        .prepare('SELECT count(*) AS n FROM user WHERE email = ?1')
        .bind(NEW_EMAIL)
        .first('n')
      expect(left).toBe(0)
      expect(
        [...laptop.complaints, ...phone.complaints].filter(
          (text) => !text.includes('the server responded with'),
        ),
      ).toEqual([])
    }, 180_000)

    it('a link opened on the phone lets the laptop in, for the number that the laptop shows', async () => {
      const { page, complaints } = await arrive()
      const { page: mobile } = await arrive({ ...PHONE, colorScheme: 'dark' })
      await page.goto('/auth/login?next=/members/')
      await page.getByRole('link', { name: 'Sign in with a mailed link' }).click()
      await shoot(page, 'link')
      await page.getByLabel('Email or username').fill(ALICE.email)
      await press(page, 'Send the mail')
      await heading(page, 'Look into your mailbox')
      await shoot(page, 'link-wait')
      const number = (await page.locator('.number').textContent()) ?? ''
      await mobile.goto(linkIn(await mailTo(ALICE.email, 'Sign in to')))
      await heading(mobile, 'Where do you want to sign in?')
      await mobile.getByText('Chrome on Linux').waitFor()
      await mobile.getByLabel('Number on the other screen').fill(number === '10' ? '11' : '10')
      await press(mobile, 'Let that browser in')
      await mobile.getByText('That isn’t the number').waitFor()
      await shoot(mobile, 'link-elsewhere-phone-dark')
      await mobile.getByLabel('Number on the other screen').fill(number)
      await press(mobile, 'Let that browser in')
      await heading(mobile, 'Approved')
      await press(page, 'I have done that')
      await heading(page, 'Hello, Alice Liddell')
      expect(placeOf(page)).toBe('/members/')
      expect(complaints).toEqual([])
    })

    it('a changed address is given back from the old one, in German and dark', async () => {
      const { page } = await arrive()
      await page.goto('/auth/account/email')
      await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
      await page.getByLabel('New address').fill('rabbit@example.com')
      await press(page, 'Send the link')
      await page.goto(linkIn(await mailTo('rabbit@example.com', 'Confirm your address')))
      await press(page, 'Confirm the address')
      await heading(page, 'Address confirmed')
      const german = await arrive({ locale: 'de-DE', colorScheme: 'dark' })
      await german.page.goto(linkIn(await mailTo(ALICE.email, 'was changed')))
      await heading(german.page, 'Adressänderung rückgängig machen')
      await shoot(german.page, 'undo-german-dark')
      await press(german.page, 'Alte Adresse wiederherstellen')
      await heading(german.page, 'Neues Passwort wählen')
      await shoot(german.page, 'undo-reset-german-dark')
      await german.page.getByLabel('Neues Passwort').fill(NEW_PASSWORD)
      await press(german.page, 'Passwort setzen')
      await german.page.getByText('Ihr neues Passwort ist gesetzt.').waitFor()
      await page.goto('/auth/account')
      await heading(page, 'Sign in')
    })
  },
)
