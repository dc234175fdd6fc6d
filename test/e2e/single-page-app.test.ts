import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { type RecordingOrigin, startOrigin } from './support/origin.ts'
import { ALICE } from './support/users.ts'

/** The app's page, under a policy that allows no inline script, and nothing but the app and the gateway. */
function startApp(gatewayUrl: () => string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/app.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(`
        const result = document.querySelector('output')
        for (const button of document.querySelectorAll('button')) {
          button.addEventListener('click', async () => {
            const { url, method = 'GET', body } = button.dataset
            const answers = await Promise.all(url.split(' ').map((one) => fetch(one, {
              method, body, credentials: 'include', headers: body ? { 'Content-Type': 'application/json' } : {},
            })))
            result.value = (await Promise.all(answers.map(async (a) => a.status + ' ' + (await a.text()).slice(0, 60)))).join(' | ')
          })
        }
        document.documentElement.dataset.ready = 'yes'`)
      return
    }
    // A server that answers like the gateway and is not it.
    if (request.url === '/phishing') {
      response.writeHead(401, { 'Content-Type': 'application/problem+json' }).end(
        JSON.stringify({
          code: 'not_authenticated',
          login_url: `http://${request.headers.host}/evil/login`,
        }),
      )
      return
    }
    const at = gatewayUrl()
    response
      .writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': `default-src 'none'; script-src 'self' ${at}; connect-src 'self' ${at}`,
      })
      .end(`<!doctype html><title>App</title>
        <script src="${at}/auth/assets/relogin.js"></script><script src="/app.js" defer></script>
        <button id="read" data-url="${at}/api/data">Read</button>
        <button id="two" data-url="${at}/api/one ${at}/api/two">Read two</button>
        <button id="write" data-url="${at}/api/data" data-method="POST" data-body='{"draft":"long"}'>Write</button>
        <button id="confirm" data-url="${at}/fresh/data">Confirm</button>
        <button id="phish" data-url="/phishing">Elsewhere</button>
        <output></output>`)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

describe('a single-page app of another origin', () => {
  let app: Server
  let appUrl: string
  let origin: RecordingOrigin
  let gateway: TestGateway
  let browser: Browser | null = null
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    app = await startApp(() => gateway.url)
    appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
    origin = await startOrigin()
    gateway = await startGateway({
      entry: new URL('./sites/single-page-app.ts', import.meta.url),
      origin: origin.url,
      bindings: { APP_ORIGIN: appUrl },
      users: [ALICE],
    })
    browser = findChromium() === null ? null : await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.dispose()
    await origin?.close()
    app?.close()
  })
  beforeEach(async (test) => {
    if (!browser) {
      if (process.env.EDGEGATE_REQUIRE_PEERS === '1') throw new Error('Chromium is not installed')
      return test.skip('Chromium is not installed here')
    }
    origin.reset()
    origin.answer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => response.end(`${request.method} ${request.url} ${body}`))
    })
    context = await browser.newContext()
    page = await context.newPage()
    await page.goto(appUrl)
    await page.waitForSelector('html[data-ready]')
    return async () => await context.close()
  })

  const said = (text: string) =>
    page.waitForFunction((wanted) => document.querySelector('output')?.value.includes(wanted), text)

  async function signIn(window: Page): Promise<void> {
    await window.fill('[name=identifier]', ALICE.email)
    await window.fill('[name=password]', ALICE.password)
    await window.click('button[type=submit]')
    await window.waitForSelector('text=You can close this window')
  }

  test('goes on with what it was doing once its user has signed in, in a window of its own', async () => {
    const [window] = await Promise.all([page.waitForEvent('popup'), page.click('#read')])
    await window.waitForLoadState()
    expect(window.url()).toBe(`${gateway.url}/auth/login?next=%2Fauth%2Fsigned-in`)
    expect(origin.requests).toEqual([])
    await signIn(window)
    await said('200 GET /api/data')
    await window.close()
    // The next one needs no window.
    await page.click('#write')
    await said('200 POST /api/data {"draft":"long"}')
    expect(context.pages()).toHaveLength(1)
  })

  test('sends what it was about to send, body and all', async () => {
    const [window] = await Promise.all([page.waitForEvent('popup'), page.click('#write')])
    await signIn(window)
    await said('200 POST /api/data {"draft":"long"}')
    expect(origin.requests.map(({ method }) => method)).toEqual(['POST'])
  })

  test('opens one window for requests that are refused together', async () => {
    const [window] = await Promise.all([page.waitForEvent('popup'), page.click('#two')])
    await signIn(window)
    await said('200 GET /api/one')
    await said('200 GET /api/two')
    expect(context.pages()).toHaveLength(2)
  })

  test('asks for the password again where the rule asks for a recent sign-in', async () => {
    const [window] = await Promise.all([page.waitForEvent('popup'), page.click('#read')])
    await signIn(window)
    await said('200 GET /api/data')
    await window.close()
    await page.waitForTimeout(2500)
    const [confirm] = await Promise.all([page.waitForEvent('popup'), page.click('#confirm')])
    await confirm.waitForLoadState()
    expect(confirm.url()).toContain('/auth/reauth?next=%2Fauth%2Fsigned-in')
    await confirm.fill('[name=password]', ALICE.password)
    await confirm.click('button[type=submit]')
    await confirm.waitForSelector('text=You can close this window')
    await said('200 GET /fresh/data')
  })

  test('P1: opens no window for a server that is not the gateway', async () => {
    await page.click('#phish')
    await said('401')
    await page.waitForTimeout(300)
    expect(context.pages()).toHaveLength(1)
  })

  test('gets the refusal itself where the window is closed to it', async () => {
    await page.evaluate(() => {
      window.open = () => null
    })
    await page.click('#read')
    await said('401')
  })

  test('may open the window from a button of its own', async () => {
    await page.evaluate(() => {
      addEventListener('edgegate:login', (event) => {
        event.preventDefault()
        document.body.insertAdjacentHTML('beforeend', '<button id="sign-in">Sign in</button>')
        document
          .querySelector('#sign-in')
          ?.addEventListener('click', () => (event as CustomEvent<{ open(): void }>).detail.open())
      })
    })
    await page.click('#read')
    await page.waitForSelector('#sign-in')
    expect(context.pages()).toHaveLength(1)
    const [window] = await Promise.all([page.waitForEvent('popup'), page.click('#sign-in')])
    await signIn(window)
    await said('200 GET /api/data')
  })

  test('P29: an app of another origin than the rule names cannot read anything', async () => {
    const stranger = await startApp(() => gateway.url)
    try {
      await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}`)
      const read = (path: string) =>
        page.evaluate(
          (url) =>
            fetch(url, { credentials: 'include' }).then(
              ({ status }) => status,
              () => 'unreadable',
            ),
          gateway.url + path,
        )
      await page.waitForSelector('html[data-ready]')
      expect(await read('/api/data')).toBe('unreadable')
      expect(await read('/auth/api/session')).toBe('unreadable')
    } finally {
      stranger.close()
    }
  })
})
