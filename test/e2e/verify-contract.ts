import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Attack, attacksOn, genuine, unsendable } from './verify-attacks.ts'
import {
  type Gateway,
  type Listening,
  listen,
  type Running,
  settingsFor,
  startGateway,
} from './verify-stage.ts'

export interface Subject {
  /** Starts the snippet as a server that answers 200 to visitors it knows and 401 to others, at `route`. */
  start(env: Readonly<Record<string, string>>): Promise<Running>
  readonly route: string
  /** For each token whether the snippet's own function accepts it; left out where there is no such function. */
  verifyDirectly?(
    tokens: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<readonly boolean[]>
}

/** What every verification snippet promises, whatever the language. */
export function describeVerifier(name: string, subject: Subject): void {
  describe(name, () => {
    let gateway: Gateway
    let app: Running
    let trap: Listening
    let trapped = 0

    beforeAll(async () => {
      gateway = await startGateway()
      trap = await listen((_request, response) => {
        trapped += 1
        response.end('{"keys":[]}')
      })
      app = await subject.start(settingsFor(gateway.jwksUrl))
    })
    afterAll(async () => {
      await app?.stop()
      await trap?.close()
      await gateway?.close()
    })

    function ask(headers: Readonly<Record<string, string>>): Promise<Response> {
      return fetch(app.url + subject.route, { headers })
    }

    async function isAccepted(token: string): Promise<boolean> {
      return (await ask({ 'X-Auth-Assertion': token })).status === 200
    }

    test('accepts a genuine assertion of either algorithm', async () => {
      for (const keys of [gateway.es256, gateway.eddsa]) {
        const response = await ask({ 'X-Auth-Assertion': await genuine(keys, seconds()) })
        expect(response.status).toBe(200)
        expect(await response.text()).toContain('u_alice')
      }
    })

    test('accepts one signed with the key before and with the key after, without a new look at the key set', async () => {
      await isAccepted(await genuine(gateway.es256, seconds()))
      const before = gateway.fetches()
      for (const turn of [-1, 1]) {
        const now = seconds()
        const token = await genuine(gateway.es256, now + turn * gateway.rotationSeconds, {
          iat: now,
          nbf: now,
          exp: now + 60,
        })
        expect(await isAccepted(token)).toBe(true)
      }
      expect(gateway.fetches()).toBe(before)
    })

    test('knows nobody without an assertion', async () => {
      expect((await ask({})).status).toBe(401)
      expect((await ask({ 'X-Auth-Assertion': '' })).status).toBe(401)
    })

    test('knows nobody by another header, cookie or query', async () => {
      const token = await genuine(gateway.es256, seconds())
      const response = await fetch(`${app.url}${subject.route}?assertion=${token}&jwt=${token}`, {
        headers: { Authorization: `Bearer ${token}`, 'Remote-User': 'u_alice', Cookie: `assertion=${token}` },
      })
      expect(response.status).toBe(401)
    })

    test('P9, P10: refuses every forged, foreign, stale or malformed token, and then still knows a good one', async () => {
      const attacks = await attacksOn(gateway, trap.url, seconds())
      const wrong: string[] = []
      for (const { name, token } of attacks) {
        const { status } = await ask({ 'X-Auth-Assertion': token })
        if (status !== 401) wrong.push(`${name}: ${status}`)
      }
      expect(wrong).toEqual([])
      expect(await isAccepted(await genuine(gateway.es256, seconds()))).toBe(true)
    })

    test('P9: asks only the configured address for keys, and not once per forged token', async () => {
      const before = gateway.fetches()
      for (let index = 0; index < 20; index += 1) {
        const token = await genuine(gateway.stranger, seconds() - index * gateway.rotationSeconds)
        expect(await isAccepted(token)).toBe(false)
      }
      expect(gateway.fetches() - before).toBeLessThanOrEqual(1)
      expect(trapped).toBe(0)
    })

    // nginx is a program of its own: what cannot be sent in a header cannot reach it.
    const { verifyDirectly } = subject
    if (verifyDirectly)
      test('P9: refuses what only a direct call can hand it', async () => {
        const good = await genuine(gateway.es256, seconds())
        const attacks: readonly Attack[] = unsendable(good)
        const env = settingsFor(gateway.jwksUrl)
        const verdicts = await verifyDirectly([good, ...attacks.map((attack) => attack.token)], env)
        const accepted = attacks.filter((_attack, index) => verdicts[index + 1]).map((attack) => attack.name)
        expect(verdicts[0]).toBe(true)
        expect(accepted).toEqual([])
      })

    test('knows nobody when the keys cannot be had', async () => {
      const nowhere = await listen((_request, response) => response.writeHead(500).end())
      const lost = await subject.start(settingsFor(`${nowhere.url}/jwks.json`))
      try {
        const response = await fetch(lost.url + subject.route, {
          headers: { 'X-Auth-Assertion': await genuine(gateway.es256, seconds()) },
        })
        expect(response.status).toBeGreaterThanOrEqual(400)
      } finally {
        await lost.stop()
        await nowhere.close()
      }
    })
  })
}

function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
