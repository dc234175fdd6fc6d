import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { pack, unpack } from '../../src/kept-post/envelope.ts'
import { readContents } from '../../src/resume/contents.ts'
import { addUser, createWorld, Jar, signInAs } from '../support/world.ts'
import { FORM, open, send, sendingForm, sendKept, submitPassword } from './support.ts'

const URLENCODED = 'application/x-www-form-urlencoded'
const SESSION = '__Host-edgegate'
const MULTIPART = 'multipart/form-data; boundary=----x'

beforeAll(async () => {
  await addUser({ email: 'ada@example.com' })
})

function postOf(contentType: string, body: string | Uint8Array) {
  const bytes = new Uint8Array(typeof body === 'string' ? new TextEncoder().encode(body) : body)
  return { target: '/x', contentType, from: null, body: bytes }
}

function multipart(...parts: readonly string[]): string {
  return `${parts.map((part) => `------x\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}------x--\r\n`
}

describe('what a page shows of a form', () => {
  it('are fields with their values, and files with name and size', async () => {
    const body = multipart(
      'name="title"\r\n\r\nCafé',
      'name="file"; filename="plan.pdf"\r\nContent-Type: application/pdf\r\n\r\n12345',
      'name="none"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n',
    )
    expect(await readContents(postOf(MULTIPART, body))).toEqual({
      fields: [
        { name: 'title', value: { kind: 'text', text: 'Café' } },
        { name: 'file', value: { kind: 'file', name: 'plan.pdf', bytes: 5 } },
        // The runtime's parser makes a file that was not chosen an empty field.
        { name: 'none', value: { kind: 'text', text: '' } },
      ],
      more: 0,
    })
  })

  it.each([
    'password',
    'user[password]',
    'newPassword2',
    'PASSWD',
    'current-passphrase',
    'csrfmiddlewaretoken',
    '_csrf',
    'authenticity_token',
    'pin',
    'cardCvc',
    'otp_code',
    'client_secret',
  ])('P22: not the value of %s', async (name) => {
    const shown = await readContents(postOf(URLENCODED, `${encodeURIComponent(name)}=hunter2`))
    expect(shown?.fields).toEqual([{ name, value: { kind: 'secret' } }])
  })

  it.each(['shipping', 'opinion', 'compass', 'title', 'spinach', 'passengers'])(
    'but that of %s',
    async (name) => {
      expect((await readContents(postOf(URLENCODED, `${name}=x`)))?.fields[0]?.value.kind).toBe('text')
    },
  )

  it('stays small whatever was sent', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `${'n'.repeat(99)}${index}=${'v'.repeat(400)}`)
    const shown = await readContents(postOf(URLENCODED, many.join('&')))
    expect(shown?.fields).toHaveLength(40)
    expect(shown?.more).toBe(4960)
    expect(JSON.stringify(shown).length).toBeLessThan(12_000)
  })
})

it('P2: whatever bytes come under whatever boundary, the page answers, and the site gets them to the byte', async () => {
  const world = createWorld()
  const ada = await signInAs(world, 'ada@example.com')
  const received: Uint8Array[] = []
  world.respond = async (request) => {
    received.push(new Uint8Array(await request.arrayBuffer()))
    return new Response('page')
  }
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(fc.constantFrom('------x', '\r\n', '--', 'a=1&', '%', '%ff', '"', 'name="', ':', '\n', ';'))
      .map((parts) => new TextEncoder().encode(parts.join(''))),
    fc
      .string({ unit: 'binary' })
      .map((text) => new TextEncoder().encode(multipart(`name="a"; filename="${text}"\r\n\r\n${text}`))),
  )
  const types = fc.constantFrom(URLENCODED, MULTIPART, 'multipart/form-data', `${URLENCODED}; charset=x`)
  await fc.assert(
    fc.asyncProperty(bytes, types, async (body, type) => {
      const jar = new Jar()
      const { headers } = await send(world, jar, '/members/x', {
        body,
        headers: { ...FORM, 'content-type': type },
      })
      const page = new URLSearchParams(headers.get('location')?.split('?')[1]).get('next') ?? ''
      jar.cookies.set(SESSION, ada.cookies.get(SESSION) ?? '')
      const shown = await open(world, jar, page)
      expect(shown.status).toBe(200)
      const html = await shown.text()
      expect(html.length).toBeLessThan(20_000)
      expect((await sendKept(world, jar, sendingForm(html))).status).toBe(200)
      expect(received.pop()).toEqual(new Uint8Array(body))
    }),
    { numRuns: 60 },
  )
}, 30_000)

it('the address of a form stays on this site, however it begins', async () => {
  const world = createWorld()
  for (const path of ['//evil.example/x', '/%5cevil.example', '/a"><script>', '/x?next=//evil.example']) {
    const jar = new Jar()
    const { headers } = await send(world, jar, `https://app.example${path}`)
    const location = headers.get('location')
    // What can be read in several ways is refused before.
    if (location === null) continue
    const page = await submitPassword(world, jar, location, 'ada@example.com')
    const form = sendingForm(await (await open(world, jar, page)).text())
    expect((await sendKept(world, jar, form)).status).toBe(200)
  }
  expect(world.seen.length).toBeGreaterThan(1)
})

it('packs and unpacks any form', async () => {
  await fc.assert(
    fc.property(fc.string(), fc.string(), fc.uint8Array(), (target, contentType, body) => {
      const post = { target, contentType, from: null, body: new Uint8Array(body) }
      expect(unpack(pack(post))).toEqual(post)
    }),
  )
})
