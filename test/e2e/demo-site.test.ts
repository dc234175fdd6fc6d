import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type DemoSite, startDemoSite } from '../../demo/site.ts'
import { sendRaw } from './support/raw-http.ts'

let site: DemoSite
beforeAll(async () => {
  site = await startDemoSite({
    accounts: [{ identifier: 'ada@example.com', password: 'a <b>bold</b> password', note: 'members' }],
  })
})
afterAll(() => site.close())

const ZOE = {
  'remote-user': 'zoe@example.com',
  'remote-name': 'Zo%C3%AB%20%3Cscript%3E',
  'remote-groups': 'staff,admin',
}

async function read(path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${site.url}${path}`, { headers })
  return { response, text: await response.text() }
}

function linksOf(page: string): readonly string[] {
  return [...page.matchAll(/(?:href|src|action)="([^"]+)"/g)].map(([, path]) => path ?? '')
}

describe.each([
  ['signed out', {}],
  ['signed in', ZOE],
])('the demo site, %s', (_who, headers) => {
  it('leads nowhere that is not there, except to the gateway', async () => {
    const seen = new Set<string>()
    const waiting = ['/']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path) || path.startsWith('#') || path.startsWith('/auth/')) continue
      seen.add(path)
      const { response, text } = await read(path, headers)
      const isPostOnly = path.endsWith('/upload')
      expect.soft([path, response.status]).toEqual([path, isPostOnly ? 404 : 200])
      if (response.headers.get('content-type')?.startsWith('text/html')) waiting.push(...linksOf(text))
    }
    expect(seen.size).toBeGreaterThan(10)
  })

  it('escapes whatever it shows', async () => {
    const hostile = { ...headers, 'x-hostile': '<img src=x onerror=alert(1)>"\'' }
    for (const path of ['/', '/members/', '/whoami', '/<img>', '/whoami?"><script>']) {
      const { text } = await read(path, hostile)
      expect.soft(text).not.toMatch(/<img src=x|<script>|<b>bold/)
    }
  })
})

it('offers sign-in to who is nobody, and sign-out, menu and name to who is somebody', async () => {
  const out = linksOf((await read('/')).text)
  expect(out).toContain('/auth/login?next=/members/')
  expect(out).not.toContain('/auth/logout')
  const { text } = await read('/', ZOE)
  expect(linksOf(text)).toEqual(expect.arrayContaining(['/auth/logout', '/members/', '/admin/']))
  expect(text).toContain('Zoë &lt;script&gt;')
})

it('takes signatures and files into the guestbook', async () => {
  const file = Buffer.from('ahoy\0\xff', 'latin1')
  const form = new FormData()
  form.set('file', new Blob([file]), 'log "1" <b>.txt')
  const uploaded = await fetch(`${site.url}/members/guestbook/upload`, {
    method: 'POST',
    body: form,
    headers: ZOE,
  })
  const text = await uploaded.text()
  expect(text).toContain(createHash('sha256').update(file).digest('hex'))
  expect(text).not.toContain('<b>.txt')
  const signed = await fetch(`${site.url}/members/guestbook`, {
    method: 'POST',
    body: new URLSearchParams({ text: 'Fair winds & <i>tides</i>' }),
  })
  expect(await signed.text()).toContain('Fair winds &amp; &lt;i&gt;tides&lt;/i&gt;')
})

it('tells everybody in the chat what one says', async () => {
  const address = `${site.url.replace('http', 'ws')}/members/socket`
  const heard = (socket: WebSocket) =>
    new Promise<unknown>((resolve) => {
      socket.on('message', (data) => {
        const message = JSON.parse(data.toString())
        if (message.type === 'said') resolve(message)
      })
    })
  const [zoe, other] = [new WebSocket(address, [], { headers: ZOE }), new WebSocket(address)]
  const both = Promise.all([heard(zoe), heard(other)])
  await Promise.all([once(zoe, 'open'), once(other, 'open')])
  zoe.send('kettle?')
  for (const message of await both)
    expect(message).toEqual({ type: 'said', from: 'Zoë <script>', text: 'kettle?' })
  zoe.close()
  other.close()
})

it.each([
  ['bytes=0-9', 206, 'bytes 0-9/1000', 10],
  ['bytes=990-2000', 206, 'bytes 990-999/1000', 10],
  ['bytes=-5', 206, 'bytes 995-999/1000', 5],
  ['bytes=1000-', 416, 'bytes */1000', 0],
  ['bytes=5-1', 200, null, 1000],
  ['lines=1-2', 200, null, 1000],
])('answers the range %s with %d', async (range, status, contentRange, length) => {
  const response = await fetch(`${site.url}/download/1000`, { headers: { range } })
  expect([response.status, response.headers.get('content-range')]).toEqual([status, contentRange])
  expect((await response.arrayBuffer()).byteLength).toBe(length)
})

it('answers 304 to who has the file already', async () => {
  for (const path of ['/assets/site.css', '/download/10']) {
    const etag = (await fetch(`${site.url}${path}`)).headers.get('etag') ?? ''
    const again = await fetch(`${site.url}${path}`, { headers: { 'if-none-match': etag } })
    expect([path, again.status]).toEqual([path, 304])
  }
})

it('echoes the raw target and what came with it', async () => {
  const { port } = new URL(site.url)
  const response = await sendRaw(
    { port: Number(port) },
    {
      method: 'PUT',
      target: '/echo/../%2e//x?y=%00',
      headers: [
        ['Content-Length', '2'],
        ['x_Y', 'z'],
      ],
      body: 'hi',
    },
  )
  expect(JSON.parse(response?.body.toString() ?? '')).toMatchObject({
    method: 'PUT',
    target: '/echo/../%2e//x?y=%00',
    rawHeaders: expect.arrayContaining(['x_Y', 'z']),
    bodyBytes: 2,
    bodySha256: createHash('sha256').update('hi').digest('hex'),
  })
})
