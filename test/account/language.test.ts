import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import {
  addUser,
  createWorld,
  Jar,
  NAVIGATION,
  PASSWORD,
  signInAs,
  WITH_MAIL,
  type World,
} from '../support/world.ts'
import { api, post } from './support.ts'

const page = async (world: World, path: string, cookies?: Jar, language = 'en') =>
  await (
    await world.fetch(path, {
      headers: { ...NAVIGATION, 'accept-language': language },
      ...(cookies ? { cookies } : {}),
    })
  ).text()

it('a language that is chosen holds for pages, mails, and the next browser that signs in', async () => {
  await addUser({ email: 'hanna@example.com', name: 'Hanna' })
  const world = createWorld(WITH_MAIL)
  const cookies = await signInAs(world, 'hanna@example.com')
  expect(await page(world, '/auth/account', cookies)).toContain('<html lang="en"')
  const saved = await post(world, '/auth/account', cookies, { name: 'Hanna', username: '', language: 'de' })
  expect(saved.headers.get('location')).toBe('/auth/account?done=profile')
  const text = await page(world, '/auth/account?done=profile', cookies.take(saved))
  expect(text).toContain('<html lang="de"')
  expect(text).toMatch(/<option value="de" lang="de" selected/)
  expect(text).toMatch(/value="Hanna"/)

  const phone = await signInAs(world, 'hanna@example.com')
  expect(await page(world, '/auth/account/sessions', phone)).toContain('<html lang="de"')
  phone.cookies.delete('__Host-edgegate')
  expect(await page(world, '/auth/login', phone)).toContain('<html lang="de"')

  const changed = await api(world, 'POST', '/auth/api/account/password', cookies, {
    current: PASSWORD,
    password: 'seven quiet ladders under clouds',
  })
  expect(changed.status).toBe(200)
  expect(world.mails.at(-1)).toMatchObject({
    to: 'hanna@example.com',
    subject: expect.stringContaining('Passwort'),
  })
})

it('taken back, the browser is asked again', async () => {
  await addUser({ email: 'back@example.com' })
  const world = createWorld()
  const cookies = await signInAs(world, 'back@example.com')
  for (const [language, lang] of [
    ['de', 'de'],
    ['', 'en'],
  ] as const) {
    const saved = await api(world, 'POST', '/auth/api/account', cookies, { language })
    expect(saved.status).toBe(204)
    expect(await page(world, '/auth/account', cookies.take(saved))).toContain(`<html lang="${lang}"`)
  }
  const row = env.DB.prepare("SELECT language FROM user WHERE email = 'back@example.com'")
  expect(await row.first('language')).toBe(null)
})

it.each(['fr', 'DE', '"><script>', 'x'.repeat(200)])('%s is none', async (language) => {
  const email = `none-${language.length}@example.com`
  await addUser({ email })
  const world = createWorld()
  const cookies = await signInAs(world, email)
  expect((await api(world, 'POST', '/auth/api/account', cookies, { language })).status).toBe(400)
  const forged = new Jar()
  forged.cookies.set('__Host-edgegate-language', language)
  expect(await page(world, '/auth/login', forged, 'de')).toContain('<html lang="de"')
})

it('P19: the site does not see the cookie', async () => {
  await addUser({ email: 'own@example.com' })
  const world = createWorld()
  const cookies = await signInAs(world, 'own@example.com')
  cookies.take(await api(world, 'POST', '/auth/api/account', cookies, { language: 'de' }))
  cookies.cookies.set('theirs', '1')
  await world.fetch('/members/', { headers: NAVIGATION, cookies })
  expect(world.seen.at(-1)?.headers.get('cookie')).toBe('theirs=1')
})
