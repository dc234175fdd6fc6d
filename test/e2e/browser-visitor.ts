import type { BrowserContext, Page } from 'playwright-core'

/** What a browser finds wrong with pages: errors in the console, exceptions, and what a content security policy stopped. */
export function watchForComplaints(context: BrowserContext): readonly string[] {
  const complaints: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' || message.text().includes('Content Security Policy'))
      complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(error.error().message))
  return complaints
}

/** Fills in the sign-in page that is open, and sends it. Resolves on the page that comes next. */
export async function submitLogin(
  page: Page,
  said: { readonly identifier: string; readonly password: string; readonly remember?: boolean },
): Promise<void> {
  await page.getByLabel('Email or username').fill(said.identifier)
  await page.getByLabel('Password').fill(said.password)
  if (said.remember) await page.getByLabel('Keep me signed in').check()
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** The path of the page that is open, with its query and fragment. */
export function placeOf(page: Page): string {
  const { pathname, search, hash } = new URL(page.url())
  return pathname + search + hash
}

/** Where pictures for people go; git does not see it. */
export function pictureFile(name: string): string {
  return new URL(`../../test-results/${name}.png`, import.meta.url).pathname
}
