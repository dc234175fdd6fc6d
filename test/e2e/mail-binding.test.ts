import { afterEach, expect, it } from 'vitest'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { signInAt } from './support/sign-in-at.ts'
import { ALICE } from './support/users.ts'

let gateway: TestGateway | null = null
afterEach(() => gateway?.dispose())

const start = (emailFrom: string) =>
  startGateway({
    entry: new URL('./sites/mail-binding.ts', import.meta.url),
    users: [ALICE],
    bindings: { EDGEGATE_DEV: '' },
    emailFrom,
  })
const waiting = async ({ d1 }: TestGateway) =>
  (await d1.prepare('SELECT attempts FROM mail').all<{ attempts: number }>()).results
const said = ({ logs }: TestGateway, event: string) => logs.filter((line) => line.includes(`"${event}"`))

it('the e-mail binding takes a mail as it is given', async () => {
  gateway = await start('no-reply@bound.example')
  expect(await signInAt(gateway, 'bound.localhost', ALICE)).toBe(200)
  await expect.poll(() => gateway && said(gateway, 'mail.sent').length, { timeout: 10_000 }).toBe(1)
  await expect.poll(() => gateway && waiting(gateway), { timeout: 10_000 }).toEqual([])
})

it('one that does not know the sender keeps the mail, and lets people sign in', async () => {
  gateway = await start('somebody-else@bound.example')
  expect(await signInAt(gateway, 'bound.localhost', ALICE)).toBe(200)
  await expect.poll(() => gateway && said(gateway, 'mail.postponed').length, { timeout: 10_000 }).toBe(1)
  expect(await waiting(gateway)).toEqual([{ attempts: 1 }])
  expect(gateway.logs.join('\n')).not.toContain(ALICE.email)
})
