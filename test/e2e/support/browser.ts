import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { findCommand } from './peers.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const PLACES = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/snap/bin/chromium']

/** Quiet and alone: no updates, no background traffic, nothing but what the test asks for. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser of this machine: `CHROMIUM`, or the first of the usual names. `null` when there is none. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM
  if (named) return existsSync(named) ? named : null
  return (
    NAMES.map(findCommand).find((file) => file !== null) ?? PLACES.find((file) => existsSync(file)) ?? null
  )
}

/** For `launchBrowser`: no page may run a script. Other than Playwright's own option this also shows what stands in `<noscript>`. */
export const WITHOUT_SCRIPTS = ['--blink-settings=scriptEnabled=false']

/** Starts a headless Chromium. Close it when done. Throws with a hint when the machine has none. */
export async function launchBrowser(moreFlags: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === null) {
    throw new Error(
      'no Chromium found: install chromium, or set CHROMIUM to the path of a Chromium or Chrome',
    )
  }
  return await chromium.launch({ executablePath, args: [...FLAGS, ...moreFlags] })
}
