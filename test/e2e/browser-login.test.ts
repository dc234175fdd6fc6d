import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import type { TestUser } from './support/users.ts'

const ADA: TestUser = {
  id: 'user_ada',
  email: 'ada@example.com',
  username: 'ada',
  name: 'Ada Lovelace',
  roles: [],
  password: 'correct gate opens quietly',
}
const GRACE: TestUser = {
  id: 'user_grace',
  email: 'grace@example.com',
  name: 'Grace Hopper',
  roles: ['admin'],
  password: 'a moth taped into the logbook',
}
const AS_ADA = { identifier: 'ada', password: ADA.password }
const AS_GRACE = { identifier: 'grace@example.com', password: GRACE.password }

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'

describe.skipIf(findChromium() === null && isOptional)('signing in, in a browser (needs chromium)', () => {
  let site: DemoSite
  let gateway: TestGateway
  let browser: Browser

  beforeAll(async () => {
    site = await startDemoSite()
    gateway = await startGateway({
      entry: new URL('./sites/demo.ts', import.meta.url),
      origin: site.url,
      users: [ADA, GRACE],
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

  /** A visitor with a browser of their own. `complaints` is what it found wrong. */
  async function arrive(options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ baseURL: gateway.url, locale: 'en-GB', ...options })
    const complaints = watchForComplaints(context)
    return { context, complaints, page: await context.newPage() }
  }

  async function arriveSignedIn(options: BrowserContextOptions = {}) {
    const visitor = await arrive(options)
    await visitor.page.goto('/members/')
    await submitLogin(visitor.page, AS_ADA)
    await heading(visitor.page, 'Hello, Ada Lovelace')
    return visitor
  }

  function heading(page: Page, name: string | RegExp): Promise<void> {
    return page.getByRole('heading', { level: 1, name }).waitFor()
  }

  it('leads from a closed page over the form, a mistake included, to that page', async () => {
    const { page, complaints } = await arrive()
    await page.goto('/members/')
    expect(placeOf(page)).toBe('/auth/login?next=%2Fmembers%2F')
    expect(await page.title()).toBe('Sign in · Harbour & Lark')
    await page.screenshot({ path: pictureFile('login') })
    expect(complaints).toEqual([])

    await submitLogin(page, { identifier: 'ada@example.com', password: 'not the password at all' })
    await page.getByText('That name and password don’t match.').waitFor()
    expect(await page.title()).toBe('Error: Sign in · Harbour & Lark')
    expect(await page.getByLabel('Email or username').inputValue()).toBe('ada@example.com')
    expect(await page.getByLabel('Password').inputValue()).toBe('')
    expect(await page.getByLabel('Password').evaluate((field) => field === document.activeElement)).toBe(true)
    await page.screenshot({ path: pictureFile('login-wrong') })

    await page.getByLabel('Password').fill(ADA.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await heading(page, 'Hello, Ada Lovelace')
    expect(placeOf(page)).toBe('/members/')
    // Chromium counts every 4xx as an error, the page after the mistake too.
    expect(complaints).toEqual([expect.stringContaining('401')])
  })

  it('shows who lacks the role a page that offers another account, which then gets in', async () => {
    const { page } = await arriveSignedIn()
    const refused = await page.goto('/admin/')
    expect(refused?.status()).toBe(403)
    await heading(page, 'No access')
    await page.getByText('Ada Lovelace').waitFor()
    await page.screenshot({ path: pictureFile('forbidden') })

    await page.getByRole('link', { name: 'Sign in with another account' }).click()
    await submitLogin(page, AS_GRACE)
    await page.waitForURL('**/admin/')
    await page.getByText('Grace Hopper').first().waitFor()
    expect((await page.reload())?.status()).toBe(200)
  })

  it('signs out by the page that asks first, and not by opening it', async () => {
    const { page, complaints } = await arriveSignedIn()
    await page.getByRole('link', { name: 'Sign out' }).click()
    await heading(page, 'Sign out')
    await page.screenshot({ path: pictureFile('logout') })
    await page.getByRole('link', { name: 'Stay signed in' }).click()
    await page.goto('/members/')
    await heading(page, 'Hello, Ada Lovelace')

    await page.goto('/auth/logout')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await heading(page, 'Harbour & Lark')
    expect(placeOf(page)).toBe('/')
    await page.goto('/members/')
    expect(placeOf(page)).toBe('/auth/login?next=%2Fmembers%2F')
    expect(complaints).toEqual([])
  })

  it('is operated by the keyboard alone', async () => {
    const { page, complaints } = await arrive()
    await page.goto('/members/chat')
    // The first field has the focus already.
    await page.keyboard.type('ada')
    await page.keyboard.press('Tab')
    await page.keyboard.type(ADA.password)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    expect(await page.getByLabel('Keep me signed in').isChecked()).toBe(true)
    await page.keyboard.press('Tab')
    await page.screenshot({ path: pictureFile('login-focus') })
    await page.keyboard.press('Enter')
    await heading(page, 'Tea-room')

    await page.goto('/auth/logout')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    expect(await page.getByLabel('Everywhere').isChecked()).toBe(true)
    await page.keyboard.press('Enter')
    await heading(page, 'Harbour & Lark')
    expect(complaints).toEqual([])
  })

  it('works without JavaScript', async () => {
    const { page } = await arrive({ javaScriptEnabled: false })
    await page.goto('/members/directory')
    await submitLogin(page, { ...AS_ADA, password: 'wrong and wrong again' })
    await page.getByText('That name and password don’t match.').waitFor()
    await submitLogin(page, AS_ADA)
    await heading(page, 'Directory')
    await page.goto('/admin/')
    await page.getByRole('link', { name: 'Sign in with another account' }).click()
    await submitLogin(page, AS_GRACE)
    await page.waitForURL('**/admin/')
    await page.goto('/auth/logout')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await heading(page, 'Harbour & Lark')
  })

  it('speaks German to who prefers it', async () => {
    const { page } = await arrive({ locale: 'de-CH' })
    await page.goto('/members/')
    await heading(page, 'Anmelden')
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await page.getByLabel('E-Mail-Adresse oder Benutzername').fill('ada')
    await page.getByLabel('Passwort').fill('das ist es nicht, leider')
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
    await page.getByText('Name und Passwort passen nicht zusammen.').waitFor()
    await page.screenshot({ path: pictureFile('login-german') })
    await page.getByLabel('Passwort').fill(ADA.password)
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
    await heading(page, 'Hello, Ada Lovelace')
    await page.goto('/admin/')
    await heading(page, 'Kein Zugriff')
  })

  it.each(['light', 'dark'] as const)('fits a phone, %s', async (colorScheme) => {
    const { page, complaints } = await arrive({
      colorScheme,
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      isMobile: true,
      hasTouch: true,
    })
    const look = async (name: string) => {
      await page.screenshot({ path: pictureFile(`phone-${colorScheme}-${name}`) })
      const { overflows, brightness } = await page.evaluate(() => {
        const canvas = getComputedStyle(document.documentElement).backgroundColor
        const body = getComputedStyle(document.body).backgroundColor
        const painted = /, 0\)$/.test(body) ? canvas : body
        const channels =
          painted
            .match(/[\d.]+/g)
            ?.slice(0, 3)
            .map(Number) ?? []
        return {
          overflows: document.documentElement.scrollWidth > innerWidth,
          brightness: channels.reduce((sum, channel) => sum + channel, 0) / 765,
        }
      })
      expect.soft([name, overflows]).toEqual([name, false])
      expect.soft([name, brightness > 0.5]).toEqual([name, colorScheme === 'light'])
    }
    await page.goto('/members/')
    await look('login')
    await page.getByLabel('Email or username').tap()
    await page.keyboard.type('ada')
    await page.getByLabel('Password').tap()
    await page.keyboard.type(ADA.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).tap()
    await heading(page, 'Hello, Ada Lovelace')
    await page.goto('/auth/logout')
    await look('logout')
    expect(complaints).toEqual([])
    await page.goto('/admin/')
    await look('forbidden')
  })

  it('remembers who asked for it beyond the browser’s end, and asks for the password where it matters', async () => {
    const { page, context } = await arrive()
    await page.goto('/members/')
    await submitLogin(page, { ...AS_ADA, remember: true })
    await heading(page, 'Hello, Ada Lovelace')
    await page.goto('/members/notes')
    await heading(page, 'Notices')
    const kept = (await context.cookies()).filter(({ expires }) => expires > 0)
    await context.close()

    const { page: later, context: next } = await arrive()
    await next.addCookies(kept)
    await later.goto('/members/')
    await heading(later, 'Hello, Ada Lovelace')
    await later.goto('/members/notes')
    expect(placeOf(later)).toBe('/auth/reauth?next=%2Fmembers%2Fnotes')
    await later.getByText('You are signed in from an earlier visit.').waitFor()
    await later.screenshot({ path: pictureFile('reauth') })
    await later.getByLabel('Password').fill('this was never it, was it')
    await later.getByRole('button', { name: 'Continue' }).click()
    await later.getByText('That password isn’t right.').waitFor()
    await later.getByLabel('Password').fill(ADA.password)
    await later.getByRole('button', { name: 'Continue' }).click()
    await heading(later, 'Notices')
    expect(placeOf(later)).toBe('/members/notes')
  })

  it('forgets at the browser’s end who did not ask for it', async () => {
    const { page, context } = await arriveSignedIn()
    const kept = (await context.cookies()).filter(({ expires }) => expires > 0)
    const { page: later, context: next } = await arrive()
    await next.addCookies(kept)
    await later.goto('/members/')
    await heading(later, 'Sign in')
    await page.goto('/members/')
    await heading(page, 'Hello, Ada Lovelace')
  })

  it('lets the live feed and the chat through to who has signed in, between two people', async () => {
    const [ada, grace] = [await arriveSignedIn(), await arrive()]
    await ada.page.goto('/members/live')
    await ada.page.locator('.feed li').nth(1).waitFor()
    expect(await ada.page.locator('[data-status]').textContent()).toBe('Listening')

    await grace.page.goto('/members/chat')
    await submitLogin(grace.page, AS_GRACE)
    await ada.page.goto('/members/chat')
    for (const { page } of [ada, grace]) await page.locator('[data-status][data-state=on]').waitFor()
    await grace.page.getByLabel('Message').fill('Kettle?')
    await grace.page.getByRole('button', { name: 'Send' }).click()
    const heard = ada.page.locator('.chat li', { hasText: 'Kettle?' })
    await heard.waitFor()
    expect(await heard.locator('b').textContent()).toBe('Grace Hopper')
    expect([...ada.complaints, ...grace.complaints]).toEqual([])
  })

  it('keeps the place in a page, which no server sees, through the login', async () => {
    const { page } = await arrive()
    await page.goto('/members/directory?sort=name#søren')
    await submitLogin(page, { ...AS_ADA, password: 'with a mistake on the way' })
    await page.getByText('don’t match').waitFor()
    await submitLogin(page, AS_ADA)
    await heading(page, 'Directory')
    expect(placeOf(page)).toBe('/members/directory?sort=name#s%C3%B8ren')
  })

  it.each([true, false])(
    'and through a confirmation of the password (scripts: %s)',
    async (javaScriptEnabled) => {
      const visitor = await arrive({ javaScriptEnabled })
      await visitor.page.goto('/members/directory#top')
      await submitLogin(visitor.page, { ...AS_ADA, remember: true })
      await heading(visitor.page, 'Directory')
      // The browser is closed and comes back: signed in, but not fresh.
      const { cookies, ...rest } = await visitor.context.storageState()
      const kept = cookies.filter(({ name }) => name !== 'edgegate')
      const later = await arrive({ javaScriptEnabled, storageState: { cookies: kept, ...rest } })
      await later.page.goto('/members/notes#third')
      await heading(later.page, 'Confirm it’s you')
      await later.page.getByLabel('Password').fill(ADA.password)
      await later.page.keyboard.press('Enter')
      await later.page.waitForURL('**/members/notes#third')
    },
  )

  it('lets many tabs wait at the login page at once, each for its own page', async () => {
    const { context, page: first, complaints } = await arrive()
    const places = ['/members/directory#one', '/members/chat', '/members/?from=mail#two']
    const tabs = [first, await context.newPage(), await context.newPage()]
    for (const [index, tab] of tabs.entries()) await tab.goto(places[index] ?? '/')
    for (const tab of tabs) await heading(tab, 'Sign in')
    const [one, two, three] = tabs
    if (!one || !two || !three) throw new Error('there are three tabs')
    await submitLogin(two, AS_ADA)
    await two.waitForURL('**/members/chat')
    // The form that was open all along still works, and the browser stays signed in in the other tab.
    await submitLogin(one, AS_ADA)
    await one.waitForURL('**/members/directory#one')
    expect((await two.reload())?.status()).toBe(200)
    // Coming back to a login page that is not needed any more leads on.
    await three.reload()
    await three.waitForURL('**/members/?from=mail#two')
    expect(complaints).toEqual([])
  })

  it('sends who has signed in already on from the login page', async () => {
    const { page } = await arriveSignedIn()
    await page.goto('/auth/login?next=/members/directory')
    await heading(page, 'Directory')
    await page.goto('/auth/login?next=/members/directory%3Fsort%3Dname#søren')
    expect(placeOf(page)).toBe('/members/directory?sort=name#s%C3%B8ren')
    await page.goto('/auth/login?next=https://evil.example/')
    expect(page.url()).toBe(`${gateway.url}/`)
  })
})
