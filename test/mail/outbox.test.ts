import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Sent } from '../../src/mail/mail.ts'
import { createTestOutbox, emptyTables, MAIL, rowsOf, T0 } from './support.ts'

const MINUTE = 60_000
const later = (retryAfterSeconds: number | null = null): Sent => ({
  kind: 'later',
  reason: 'busy',
  retryAfterSeconds,
})

beforeEach(emptyTables)

describe('the outbox', () => {
  it('hands a queued mail on and forgets it', async () => {
    const { outbox, letters, queue } = createTestOutbox()
    await queue()
    expect(await outbox.flush()).toEqual({ sent: 1, postponed: 0, givenUp: 0 })
    expect(letters).toMatchObject([
      {
        to: 'ada@acme.example',
        from: { name: 'Harbour <News>', address: 'no-reply@acme.example' },
        replyTo: 'help@acme.example',
        subject: 'Reset your password',
      },
    ])
    expect(letters[0]?.text).toContain('https://app.example/auth/reset?token=SECRET-TOKEN')
    expect(await rowsOf('mail')).toEqual([])
    expect(await rowsOf('audit')).toEqual([])
  })

  it('sends nothing when the change it belongs to fails', async () => {
    const { outbox, letters } = createTestOutbox()
    const statements = [await outbox.queue(MAIL), env.DB.prepare('INSERT INTO mail (id) VALUES (NULL)')]
    await expect(env.DB.batch(statements)).rejects.toThrow()
    await outbox.flush()
    expect(letters).toEqual([])
  })

  it('keeps neither address nor link readable at rest', async () => {
    const { queue } = createTestOutbox()
    await queue()
    const kept = JSON.stringify(await rowsOf('mail'))
    expect(kept).toContain('password_reset')
    for (const secret of ['SECRET-TOKEN', 'ada@acme', 'Reset your']) {
      expect(kept).not.toContain(secret)
      expect(kept).not.toContain(btoa(secret).replace(/=+$/, ''))
    }
  })

  it('of fifty senders at once one sends each mail', async () => {
    const { outbox, letters, queue } = createTestOutbox()
    for (let n = 0; n < 7; n++) await queue({ to: `u${n}@acme.example` })
    const results = await Promise.all(Array.from({ length: 50 }, () => outbox.flush()))
    expect(results.reduce((sum, { sent }) => sum + sent, 0)).toBe(7)
    expect(letters.map(({ to }) => to).sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `u${n}@acme.example`))
  })

  it('tries again after growing delays, with the same id', async () => {
    const { outbox, letters, queue, clock, state } = createTestOutbox(async () => later())
    await queue({ expiresAt: T0 + 86_400_000 })
    expect(await outbox.flush()).toEqual({ sent: 0, postponed: 1, givenUp: 0 })
    for (const delay of [1, 5, 15, 60]) {
      clock.now += delay * MINUTE - 1
      expect(await outbox.flush()).toEqual({ sent: 0, postponed: 0, givenUp: 0 })
      clock.now += 1
      expect((await outbox.flush()).postponed).toBe(1)
    }
    state.send = async () => ({ kind: 'sent' })
    clock.now += 180 * MINUTE
    expect((await outbox.flush()).sent).toBe(1)
    expect(new Set(letters.map(({ id }) => id)).size).toBe(1)
    expect(letters).toHaveLength(6)
  })

  it('waits as long as the service asks for', async () => {
    const { outbox, queue, clock } = createTestOutbox(async () => later(600))
    await queue()
    await outbox.flush()
    clock.now += 599_999
    expect((await outbox.flush()).postponed).toBe(0)
    clock.now += 1
    expect((await outbox.flush()).postponed).toBe(1)
  })

  it('gives up with an audit row when the mail would come too late', async () => {
    const { outbox, queue, clock } = createTestOutbox(async () => later())
    await queue({ expiresAt: T0 + 5 * MINUTE })
    await outbox.flush()
    clock.now += MINUTE
    expect(await outbox.flush()).toEqual({ sent: 0, postponed: 0, givenUp: 1 })
    expect(await rowsOf('mail')).toEqual([])
    expect(await rowsOf('audit')).toMatchObject([{ event: 'mail.given_up', user_id: 'user_ada' }])
    expect(JSON.parse(String((await rowsOf('audit'))[0]?.detail))).toMatchObject({
      kind: 'password_reset',
      attempts: 2,
      reason: 'busy',
    })
  })

  it('gives up a day after the mail was written, however long it would be good', async () => {
    const { outbox, queue, clock } = createTestOutbox(async () => later())
    await queue({ expiresAt: T0 + 30 * 86_400_000 })
    let attempts = 0
    while ((await rowsOf('mail')).length > 0) {
      const { postponed, givenUp } = await outbox.flush()
      attempts += postponed + givenUp
      clock.now += MINUTE * 30
      expect(clock.now).toBeLessThan(T0 + 25 * 3_600_000)
    }
    expect(attempts).toBeGreaterThan(5)
    expect(attempts).toBeLessThan(12)
    expect(await rowsOf('audit')).toHaveLength(1)
  })

  it('gives up at once what is refused for good', async () => {
    const { outbox, queue } = createTestOutbox(async () => ({ kind: 'refused', reason: 'no_such_mailbox' }))
    await queue()
    expect((await outbox.flush()).givenUp).toBe(1)
    expect(await rowsOf('mail')).toEqual([])
    expect(String((await rowsOf('audit'))[0]?.detail)).toContain('no_such_mailbox')
  })

  it('does not send what has expired, and says that it was removed', async () => {
    const { outbox, letters, queue, clock } = createTestOutbox()
    await queue()
    clock.now = MAIL.expiresAt
    expect((await outbox.flush()).sent).toBe(0)
    expect(await outbox.removeExpired()).toBe(1)
    expect(await outbox.removeExpired()).toBe(0)
    expect(letters).toEqual([])
    expect(await rowsOf('audit')).toMatchObject([{ event: 'mail.given_up' }])
  })

  it('takes a mail over from a sender that died, and not before', async () => {
    const dying = createTestOutbox(() => new Promise(() => {}))
    await dying.queue()
    void dying.outbox.flush()
    await expect.poll(() => dying.letters.length).toBe(1)
    const other = createTestOutbox()
    expect((await other.outbox.flush()).sent).toBe(0)
    other.clock.now = T0 + 60_000
    expect((await other.outbox.flush()).sent).toBe(1)
  })

  it('a sender that throws delays its own mail only, and its words are not in the log (P22)', async () => {
    const { outbox, queue, logs, clock } = createTestOutbox(async ({ to }) => {
      if (to.startsWith('bad')) throw new Error('key sk_live_1 rejected for SECRET-TOKEN')
      return { kind: 'sent' }
    })
    await queue({ to: 'bad@acme.example' })
    await queue({ to: 'good@acme.example' })
    expect(await outbox.flush()).toEqual({ sent: 1, postponed: 1, givenUp: 0 })
    clock.now += 30 * 86_400_000
    await outbox.removeExpired()
    expect(JSON.stringify(logs)).not.toMatch(/sk_live|SECRET-TOKEN|acme\.example/)
    expect(logs.map(({ event }) => event).sort()).toEqual(['mail.given_up', 'mail.postponed', 'mail.sent'])
  })

  it('does not hammer a service that asks to slow down', async () => {
    const { outbox, letters, queue } = createTestOutbox(async () => later(30))
    for (let n = 0; n < 12; n++) await queue()
    await outbox.flush({ rounds: 6 })
    expect(letters).toHaveLength(5)
  })

  it('sends first what has never been tried: somebody is waiting for it', async () => {
    const { outbox, letters, queue, clock, state } = createTestOutbox(async () => later())
    for (let n = 0; n < 5; n++) await queue({ to: `old${n}@acme.example` })
    await outbox.flush()
    clock.now += 20 * MINUTE
    state.send = async () => ({ kind: 'sent' })
    await queue({ to: 'new@acme.example' })
    letters.length = 0
    await outbox.flush()
    expect(letters).toHaveLength(5)
    expect(letters.map(({ to }) => to)).toContain('new@acme.example')
  })

  it('empties itself in rounds', async () => {
    const { outbox, letters, queue } = createTestOutbox()
    for (let n = 0; n < 12; n++) await queue()
    expect((await outbox.flush({ rounds: 6 })).sent).toBe(12)
    expect(letters).toHaveLength(12)
  })

  it('sends what was sealed under the former secret, and gives up what no secret opens', async () => {
    const { outbox, queue, state, letters } = createTestOutbox()
    await queue()
    state.secrets = ['b', 'a']
    expect((await outbox.flush()).sent).toBe(1)
    await queue()
    state.secrets = ['c']
    expect((await outbox.flush()).givenUp).toBe(1)
    expect(letters).toHaveLength(1)
    expect(String((await rowsOf('audit'))[0]?.detail)).toContain('sealed_under_another_secret')
  })

  it('gives nothing away when rows are swapped', async () => {
    const { outbox, queue, letters } = createTestOutbox()
    await queue({ to: 'ada@acme.example' })
    await queue({ to: 'eve@acme.example' })
    const [one, two] = await rowsOf('mail')
    await env.DB.prepare('UPDATE mail SET sealed = ?1 WHERE id = ?2').bind(one?.sealed, two?.id).run()
    expect(await outbox.flush()).toMatchObject({ sent: 1, givenUp: 1 })
    expect(letters).toHaveLength(1)
  })

  it.each([
    'ada@acme.example, eve@evil.example',
    'Ada <ada@acme.example>',
    '"ada@evil"@acme.example',
    'ada@acme.example\r\nBcc: eve@evil.example',
    'ADA@acme.example',
    'ada＠acme.example',
    'ada',
    '',
  ])('P18: mail goes to one address in its one spelling, not to %j', async (to) => {
    const { outbox } = createTestOutbox()
    await expect(outbox.queue({ ...MAIL, to })).rejects.toThrow(TypeError)
  })

  it('a database that is down does not reach the page', async () => {
    const { outbox, logs } = createTestOutbox()
    await env.DB.prepare('ALTER TABLE mail RENAME TO mail_gone').run()
    try {
      expect(await outbox.flush()).toEqual({ sent: 0, postponed: 0, givenUp: 0 })
      expect(logs).toMatchObject([{ level: 'error', event: 'mail.outbox_failed' }])
    } finally {
      await env.DB.prepare('ALTER TABLE mail_gone RENAME TO mail').run()
    }
  })
})
