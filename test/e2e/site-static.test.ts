import type { Browser, Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import { pictureFile, placeOf, submitLogin, watchForComplaints } from './browser-visitor.ts'
import { type StaticServer, startGatewayWithAssets, startNginx } from './sites/static-server.ts'
import { findChromium, launchBrowser } from './support/browser.ts'
import { startGateway } from './support/gateway.ts'
import { sendRaw } from './support/raw-http.ts'
import { signIn } from './support/sign-in.ts'
import { ALICE } from './support/users.ts'
import { findPeer } from './verify-stage.ts'

interface Serving {
  readonly start: () => Promise<StaticServer>
  /** How a folder without its slash is redirected. */
  readonly redirects: number
  /** The address that `wages.html` is seen at. */
  readonly wages: string
  /** What a request for a part of a file is answered. */
  readonly part: number
}

/** The same claims for every way to serve the export. */
function describeHandbook(name: string, serving: Serving): void {
  describe(`${name} (needs chromium)`, () => {
    let gateway: StaticServer
    let browser: Browser
    let cookie: string

    beforeAll(async () => {
      gateway = await serving.start()
      cookie = await signIn(gateway, ALICE)
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await gateway?.stop()
    })
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close()
    })

    function ask(target: string, headers: Record<string, string> = {}): Promise<Response> {
      return fetch(`${gateway.url}${target}`, { headers, redirect: 'manual' })
    }

    const widthOf = (image: Locator) => image.evaluate((element: HTMLImageElement) => element.naturalWidth)

    it('shows everybody the open part whole, and members the closed part after the login', async () => {
      const context = await browser.newContext({ baseURL: gateway.url, locale: 'en-GB' })
      const complaints = watchForComplaints(context)
      const page = await context.newPage()
      await page.goto('/')
      await page.getByRole('heading', { name: 'Acme handbook' }).waitFor()
      expect(await page.locator('h1').evaluate((title) => getComputedStyle(title).color)).toBe(
        'rgb(23, 63, 95)',
      )
      await expect.poll(() => widthOf(page.locator('img'))).toBe(40)
      await page.getByRole('link', { name: 'Guide' }).click()
      await page.getByRole('heading', { name: 'Guide' }).waitFor()

      await page.goto('/members')
      expect(placeOf(page)).toBe('/auth/login?next=%2Fmembers')
      await submitLogin(page, { identifier: ALICE.email, password: ALICE.password })
      await page.getByRole('heading', { name: 'Members' }).waitFor()
      expect(page.url()).toBe(`${gateway.url}/members/`)
      await expect.poll(() => widthOf(page.locator('img'))).toBe(120)
      await page.screenshot({ path: pictureFile('static-members') })
      await page.getByRole('link', { name: 'Wages' }).click()
      await page.getByRole('heading', { name: 'Wages' }).waitFor()
      expect(placeOf(page)).toBe(serving.wages)

      await page.goto('/members/')
      await page.getByRole('link', { name: 'Sign out' }).click()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Acme handbook' }).waitFor()
      await page.goto(serving.wages)
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      expect(complaints).toEqual([])
    })

    it('P3: opens a closed file under none of the names a static server may know it by', async () => {
      for (const target of [
        ...['/members', '/members/', '/members/index.html', '/members/index', '/members/wages.html'],
        ...[
          '/members/wages',
          '/members/wages/',
          '/members/plan.svg',
          '/Members/',
          '/%6dembers/wages',
          '//members/',
        ],
        ...['/guide/../members/', '/guide/..%2fmembers/', '/guide%2f..%2fmembers/wages', '/img//../members/'],
        ...['/guide/%2e%2e/members/wages.html', '/img/..;/members/', '/guide/\\..\\members/', '/./members/'],
        ...['/404.html', '/_headers', '/_redirects', '/.assetsignore'],
      ]) {
        const response = await sendRaw({ port: Number(new URL(gateway.url).port) }, { target })
        expect.soft([target, (response?.status ?? 400) >= 400]).toEqual([target, true])
        expect.soft(response?.body.toString() ?? '').not.toMatch(/Members<|Wages|<svg/)
      }
    })

    it('finds the index of a folder, under the public address', async () => {
      for (const [target, headers] of [
        ['/guide', {}],
        ['/members', { cookie }],
      ] as const) {
        const response = await ask(target, headers)
        expect(response.status).toBe(serving.redirects)
        expect(new URL(response.headers.get('location') ?? '', gateway.url).href).toBe(
          `${gateway.url}${target}/`,
        )
        expect((await ask(`${target}/`, headers)).headers.get('content-type')).toMatch(/^text\/html/)
      }
    })

    it('answers 304 to who has the file and may still see it, and only to them', async () => {
      for (const [target, headers] of [
        ['/img/style.css', {}],
        ['/members/plan.svg', { cookie }],
      ] as const) {
        const etag = (await ask(target, headers)).headers.get('etag') ?? ''
        expect(etag).not.toBe('')
        const again = await ask(target, { ...headers, 'if-none-match': etag })
        expect([target, again.status, await again.text()]).toEqual([target, 304, ''])
        const changed = await ask(target, { ...headers, 'if-none-match': '"another"' })
        expect([target, changed.status]).toEqual([target, 200])
      }
      const etag = (await ask('/members/plan.svg', { cookie })).headers.get('etag') ?? ''
      expect((await ask('/members/plan.svg', { 'if-none-match': etag })).status).toBe(401)
    })

    it('answers a request for a part', async () => {
      for (const [target, headers] of [
        ['/img/mark.svg', {}],
        ['/members/plan.svg', { cookie }],
      ] as const) {
        const whole = await (await ask(target, headers)).text()
        const response = await ask(target, { ...headers, range: 'bytes=5-14' })
        expect([target, response.status]).toEqual([target, serving.part])
        expect(await response.text()).toBe(serving.part === 206 ? whole.slice(5, 15) : whole)
      }
      expect((await ask('/members/plan.svg', { range: 'bytes=0-9' })).status).toBe(401)
    })

    it('shows the export’s own page for what is not there, behind the login where all is closed', async () => {
      const open = await ask('/guide/nothing')
      expect([open.status, await open.text()]).toEqual([404, expect.stringContaining('Not in the handbook')])
      expect((await ask('/nothing')).status).toBe(401)
      const closed = await ask('/nothing', { cookie })
      expect([closed.status, await closed.text()]).toEqual([
        404,
        expect.stringContaining('Not in the handbook'),
      ])
    })

    it('P28: keeps what only members see out of shared caches that do not ask', async () => {
      const allowed = /\bprivate\b|\bno-store\b|\bmax-age=0\b.*\bmust-revalidate\b/
      for (const target of ['/members/', serving.wages, '/members/plan.svg', '/members', '/nothing']) {
        const { headers } = await ask(target, { cookie })
        expect.soft([target, headers.get('cache-control')]).toEqual([target, expect.stringMatching(allowed)])
      }
      expect((await ask('/members/')).headers.get('cache-control')).toBe('no-store')
    })
  })
}

const nginx = findPeer(['nginx', '/usr/sbin/nginx'], ['-v'], 'nginx')
const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'

if (findChromium() === null && isOptional) {
  test('a static export behind the gateway', ({ skip }) => skip('no Chromium here'))
} else {
  if (nginx === null) test('a static export on nginx', ({ skip }) => skip('no nginx here'))
  else
    describeHandbook('a static export on nginx', {
      start: async () => {
        const server = await startNginx(nginx)
        const gateway = await startGateway({
          entry: new URL('./sites/static.ts', import.meta.url),
          origin: server.url,
          users: [ALICE],
        }).catch(async (error) => {
          await server.stop()
          throw error
        })
        return {
          url: gateway.url,
          stop: async () => {
            await gateway.dispose()
            await server.stop()
          },
        }
      },
      redirects: 301,
      wages: '/members/wages.html',
      part: 206,
    })

  describeHandbook('a static export in the Worker’s assets', {
    start: () => startGatewayWithAssets([ALICE]),
    redirects: 307,
    wages: '/members/wages',
    // Workers assets know no ranges: they send the whole file, which RFC 9110 section 14.2 allows.
    part: 200,
  })
}
