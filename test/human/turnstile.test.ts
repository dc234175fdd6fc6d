import { describe, expect, it } from 'vitest'
import { createTurnstile } from '../../src/human/turnstile.ts'

const EXPECTED = { action: 'login', hostname: 'app.example', ip: '192.0.2.7' }
const GOOD = { success: true, hostname: 'app.example', action: 'login', 'error-codes': [] }

function verifying(answer: () => Promise<Response> | Response) {
  const asked: { url: string; init: RequestInit }[] = []
  const logs: object[] = []
  const turnstile = createTurnstile({
    secret: 'the-secret',
    service: 'https://challenges.example',
    fetch: async (url, init) => {
      asked.push({ url, init })
      return await answer()
    },
    log: (line) => void logs.push(line),
    timeoutMs: 50,
  })
  return { asked, logs, verify: (token: string, expected = EXPECTED) => turnstile.verify(token, expected) }
}

describe('a token', () => {
  it('is sent with the secret and the visitor’s address, and is good for this form on this host', async () => {
    const { asked, verify, logs } = verifying(() => Response.json(GOOD))
    expect(await verify('token-1')).toBeNull()
    expect(asked).toHaveLength(1)
    expect(asked[0]?.url).toBe('https://challenges.example/turnstile/v0/siteverify')
    expect(asked[0]?.init).toMatchObject({ method: 'POST', redirect: 'manual' })
    expect(JSON.parse(String(asked[0]?.init.body))).toEqual({
      secret: 'the-secret',
      response: 'token-1',
      remoteip: '192.0.2.7',
    })
    expect(logs).toEqual([])
  })

  it.each([
    ['another form', { ...GOOD, action: 'register' }],
    ['no form', { success: true, hostname: 'app.example' }],
    ['another host', { ...GOOD, hostname: 'evil.example' }],
    ['a host below ours', { ...GOOD, hostname: 'x.app.example' }],
    ['a host of another type', { ...GOOD, hostname: ['app.example'] }],
  ])('that is good for %s is not good', async (_what, answer) => {
    const { verify, logs } = verifying(() => Response.json(answer))
    expect(await verify('t')).toBe('not_human')
    expect(logs).toMatchObject([{ event: 'turnstile.mismatch' }])
  })

  it.each([['invalid-input-response'], ['timeout-or-duplicate'], ['missing-input-response']])(
    'that is refused as %s is the visitor’s to do again',
    async (code) => {
      const { verify, logs } = verifying(() => Response.json({ success: false, 'error-codes': [code] }))
      expect(await verify('t')).toBe('not_human')
      expect(logs).toEqual([])
    },
  )

  it.each([
    ['none', ''],
    ['a huge one', 'x'.repeat(2049)],
  ])('that cannot be one asks nobody: %s', async (_what, token) => {
    const { verify, asked } = verifying(() => Response.json(GOOD))
    expect(await verify(token)).toBe('not_human')
    expect(asked).toEqual([])
  })
})

describe('P14: nobody is let through', () => {
  const hangs = () => new Promise<Response>(() => {})
  const throws = () => Promise.reject(new TypeError('network: https://challenges.example?secret=the-secret'))
  const stalls = () => new Response(new ReadableStream())

  it.each([
    ['when the service hangs', hangs, 'TimeoutError'],
    ['when its answer does not end', stalls, 'TimeoutError'],
    ['when it cannot be reached', throws, 'TypeError'],
    ['when it answers in HTML', () => new Response('<html>'), 'SyntaxError'],
    ['when it answers nothing', () => new Response(''), 'SyntaxError'],
    ['when it answers null', () => new Response('null'), 'TypeError'],
    ['when it answers without end', () => new Response(`"${'x'.repeat(100_000)}"`), 'SyntaxError'],
    ['when it is down', () => Response.json({ success: false }, { status: 500 }), 'no_reason'],
    [
      'when it sends us elsewhere',
      () => new Response(null, { status: 302, headers: { location: '/' } }),
      'SyntaxError',
    ],
    ['when success is a word', () => Response.json({ ...GOOD, success: 'true' }), 'no_reason'],
    [
      'when the secret is wrong',
      () => Response.json({ success: false, 'error-codes': ['invalid-input-secret'] }),
      'invalid-input-secret',
    ],
    [
      'when both are wrong',
      () => Response.json({ success: false, 'error-codes': ['invalid-input-response', 'internal-error'] }),
      'internal-error',
    ],
    [
      'when the codes are odd',
      () => Response.json({ success: false, 'error-codes': ['a b\nc'] }),
      'no_reason',
    ],
  ])('%s, and the log says why', async (_when, answer, reason) => {
    const { verify, logs } = verifying(answer)
    expect(await verify('the-token')).toBe('human_unavailable')
    expect(logs).toMatchObject([{ level: 'error', event: 'turnstile.failed', reason }])
    expect(JSON.stringify(logs)).not.toMatch(/the-secret|the-token/)
  })
})
