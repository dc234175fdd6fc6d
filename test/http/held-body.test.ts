import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createRevocations } from '../../src/revocation/revocations.ts'
import { createPendingSignIns } from '../../src/session/pending.ts'
import { meanwhile } from '../support/meanwhile.ts'
import { codeOf, enrolApp, post } from '../support/second-factor.ts'
import { addUser, BASE_CONFIG, createWorld, signInAs } from '../support/world.ts'

const NOW = Date.UTC(2026, 10, 23, 12)
const endAll = async (userId: string) => {
  await createRevocations(env.DB).ofSubject(userId, null, NOW).run()
}
const countOf = async (table: 'api_key' | 'totp', userId: string) =>
  await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE user_id = ?1`)
    .bind(userId)
    .first<number>('n')

/** A body whose last byte comes only after something else has happened. */
function heldBody(text: string, happens: () => Promise<void>): ReadableStream {
  const bytes = new TextEncoder().encode(text)
  let isHeld = false
  return new ReadableStream(
    {
      async pull(controller) {
        if (!isHeld) {
          isHeld = true
          controller.enqueue(bytes.slice(0, -1))
          return
        }
        await happens()
        controller.enqueue(bytes.slice(-1))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

async function visitor() {
  const email = `${crypto.randomUUID()}@example.com`
  const id = await addUser({ email })
  return { id, email }
}

describe('a session that is ended while its request is under way gives nothing that outlives it', () => {
  it('P12: authority is asked once the body is there: no key of a held request', async () => {
    const { id, email } = await visitor()
    const world = createWorld()
    const cookies = await signInAs(world, email)
    const { body: text, ...init } = post({ name: 'held' }, cookies)
    const body = heldBody(String(text), () => endAll(id))
    const answer = await world.fetch('/auth/api/keys', { ...init, body })
    expect([answer.status, await countOf('api_key', id)]).toEqual([401, 0])
  })

  it('P12: nor a key whose owner ends everything in the last instant', async () => {
    const { id, email } = await visitor()
    const cookies = await signInAs(createWorld(), email)
    const db = meanwhile(/INSERT INTO api_key/, () => endAll(id))
    const world = createWorld(BASE_CONFIG, { DB: db })
    const answer = await world.fetch('/auth/api/keys', post({ name: 'late' }, cookies))
    expect([answer.status, await countOf('api_key', id)]).toEqual([401, 0])
  })

  it('P8: nor a factor', async () => {
    const { id, email } = await visitor()
    const calm = createWorld()
    const cookies = await signInAs(calm, email)
    const begun = await calm.fetch('/auth/api/factors/app', post({}, cookies))
    const { setup, secret } = await begun.json<{ setup: string; secret: string }>()
    const db = meanwhile(/INSERT INTO totp/, () => endAll(id))
    const world = createWorld(BASE_CONFIG, { DB: db })
    const form = { setup, code: codeOf(secret, world.clock.now), name: 'Theirs' }
    const answer = await world.fetch('/auth/api/factors/app/confirm', post(form, cookies))
    expect([answer.status, await countOf('totp', id)]).toEqual([401, 0])
  })
})

describe('a sign-in that waits is used up only while it stands', () => {
  const waiting = async (userId: string) => {
    const pending = createPendingSignIns(env.DB, () => NOW)
    const position = (await createRevocations(env.DB).recent(0)).at(-1)?.id ?? 0
    const more = { site: 'app.example', methods: ['password'], remember: false, next: null }
    const begun = await pending.begin({ userId, position, provedElsewhereAt: null, ...more }, null)
    await env.DB.batch([...begun.statements])
    const found = await pending.find(begun.token, 'app.example')
    if (!found) throw new Error('no sign-in waits')
    return { pending, found }
  }

  it('P13: not after the sessions of its account were ended', async () => {
    const { id } = await visitor()
    const { pending, found } = await waiting(id)
    await endAll(id)
    expect(await pending.finish(found)).toBe(false)
  })

  it('P8: not for a first factor when the account has one by now', async () => {
    const { id, email } = await visitor()
    const { pending, found } = await waiting(id)
    const world = createWorld()
    await enrolApp(world, await signInAs(world, email))
    expect(await pending.finish(found, { asFirstFactor: true })).toBe(false)
    expect(await pending.finish(found)).toBe(true)
  })
})
