import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { placeOf, submitLogin } from './browser-visitor.ts'
import { findChromium } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { type RecordingOrigin, startOrigin } from './support/origin.ts'
import { ALICE } from './support/users.ts'

const SECRET = 'The salaries of everybody'
const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'

/** Playwright switches the page cache off; people have it on. */
function launchWithPageCache(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium() ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

describe.skipIf(findChromium() === null && isOptional)('the back button (needs chromium)', () => {
  let origin: RecordingOrigin
  let gateway: TestGateway
  let browser: Browser

  beforeAll(async () => {
    origin = await startOrigin()
    gateway = await startGateway({
      entry: new URL('./sites/basic.ts', import.meta.url),
      origin: origin.url,
      users: [ALICE],
    })
    browser = await launchWithPageCache()
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.dispose()
    await origin?.close()
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
  })

  /** A site with closed pages, and with what it says of keeping them: careless ones allow an hour. */
  function answerWith(cacheControl: string | null): void {
    origin.answer((request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      if (cacheControl !== null) response.setHeader('cache-control', cacheControl)
      const title = request.url?.startsWith('/public') ? 'Open' : SECRET
      response.end(`<!doctype html><title>${title}</title><h1>${title}</h1>
        <script>addEventListener('pageshow', (event) => { document.title += event.persisted ? ' (kept)' : '' })</script>
        <a href="/public/about">About</a>`)
    })
  }

  async function arriveSignedIn(): Promise<Page> {
    const page = await browser.newPage({ baseURL: gateway.url, locale: 'en-GB' })
    await page.goto('/salaries')
    await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
    await page.getByRole('heading', { name: SECRET }).waitFor()
    return page
  }

  async function signOut(page: Page): Promise<void> {
    await page.goto('/auth/logout?next=/public/bye')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/public/bye')
  }

  /** Two pages back, past the question whether to sign out. */
  async function goBack(page: Page): Promise<void> {
    await page.evaluate(() => {
      setTimeout(() => history.go(-2))
    })
    await page.getByRole('heading', { level: 1, name: new RegExp(`^(${SECRET}|Sign in)$`) }).waitFor()
  }

  it('brings a page back from memory while its reader is signed in', async () => {
    answerWith('max-age=3600')
    const page = await arriveSignedIn()
    await page.getByRole('link').click()
    await page.waitForURL('**/public/about')
    await page.goBack({ waitUntil: 'commit' })
    await page.getByRole('heading', { name: SECRET }).waitFor()
    expect(await page.title()).toContain('(kept)')
  })

  it.each(['max-age=3600', 'public, max-age=3600', 'no-cache', 'private', null])(
    'P12: shows nothing of a closed page after signing out (cache-control %s)',
    async (cacheControl) => {
      answerWith(cacheControl)
      const page = await arriveSignedIn()
      await signOut(page)
      await goBack(page)
      expect(placeOf(page)).toBe('/auth/login?next=%2Fsalaries')
      expect(await page.content()).not.toContain(SECRET)
    },
  )
})
