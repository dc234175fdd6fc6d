import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { findChromium, launchBrowser } from './support/browser.ts'

const isOptional = process.env.EDGEGATE_REQUIRE_PEERS !== '1'
const ZOE = { 'Remote-User': 'zoe@example.com', 'Remote-Name': 'Zo%C3%AB', 'Remote-Groups': 'staff,admin' }

describe.skipIf(findChromium() === null && isOptional)('the demo site in a browser', () => {
  let site: DemoSite
  let browser: Browser

  beforeAll(async () => {
    site = await startDemoSite()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  async function open(path: string, viewport = { width: 1280, height: 800 }) {
    const page = await browser.newPage({ viewport, extraHTTPHeaders: ZOE })
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${site.url}${path}`)
    return { page, complaints }
  }

  it('listens to the feed', async () => {
    const { page, complaints } = await open('/members/live')
    await page.locator('.feed li').first().waitFor()
    expect(await page.locator('[data-status]').textContent()).toBe('Listening')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('talks in the tea-room, and shows markup as text', async () => {
    const { page, complaints } = await open('/members/chat')
    await page.locator('[data-status][data-state=on]').waitFor()
    await page.getByLabel('Message').fill('<b>Kettle</b>?')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.chat li', { hasText: '<b>Kettle</b>?' }).waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })

  it.each(['/', '/about', '/members/', '/members/directory', '/members/guestbook', '/admin/', '/whoami'])(
    'fits a phone: %s',
    async (path) => {
      const { page, complaints } = await open(path, { width: 360, height: 740 })
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      expect(tooWide).toBe(false)
      expect(complaints).toEqual([])
      await page.close()
    },
  )
})
