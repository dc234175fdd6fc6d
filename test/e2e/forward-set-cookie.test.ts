import { describe, expect, it } from 'vitest'
import { receivedHeader } from './support/origin.ts'
import { headerValues, sendRaw } from './support/raw-http.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway({ originName: 'localhost' })

async function cookiesOf(
  setCookie: readonly string[],
  target: string,
  cookie?: string,
): Promise<readonly string[]> {
  site.origin.answer((_request, response) => {
    response.writeHead(
      200,
      setCookie.flatMap((value) => ['Set-Cookie', value]),
    )
    response.end('ok')
  })
  const headers = cookie === undefined ? [] : [['Cookie', cookie] as const]
  const response = await sendRaw(site.gateway, { target, headers })
  expect(response?.status).toBe(200)
  return response ? headerValues(response, 'set-cookie') : []
}

describe.each([
  ['/public/page', 'anonymous'],
  ['/page', 'alice'],
] as const)('cookies that the origin sets at %s for %s', (target, who) => {
  const cookie = () => (who === 'alice' ? site.cookies.alice : undefined)

  it('stay several headers, in order, dates with commas included', async () => {
    const several = [
      'a=1; Path=/; Expires=Wed, 21 Oct 2065 07:28:00 GMT',
      'b="two, quoted"; HttpOnly; SameSite=Strict',
      'a=3; Path=/deep',
    ]
    expect(await cookiesOf(several, target, cookie())).toEqual(several)
  })

  it('never name the origin’s own address as their domain', async () => {
    const [kept] = await cookiesOf(['a=1; Domain=localhost; Path=/'], target, cookie())
    expect(kept).toMatch(/^a=1;/)
    expect(kept).not.toMatch(/localhost/i)
    expect(kept).toMatch(/Path=\//)
  })

  it('P19: cannot set or clear the gateway’s', async () => {
    const attempts = [
      'edgegate',
      'edgegate-remember',
      'edgegate-device',
      'edgegate-kept',
      'edgegate-handoff',
    ].flatMap((name) =>
      [name, `__Host-${name}`].flatMap((own) => [
        `${own}=stolen; Path=/`,
        `${own}=; Max-Age=0`,
        ` ${own} = x`,
      ]),
    )
    expect(await cookiesOf(['first=1', ...attempts, 'last=1'], target, cookie())).toEqual([
      'first=1',
      'last=1',
    ])
  })
})

describe('cookies that the visitor sends', () => {
  it('reach the origin as they were written', async () => {
    const written = 'theme=dark;lang=en; empty=; q="a b"; edgegateish=mine; x-edgegate=too'
    await cookiesOf([], '/public/page', written)
    expect(receivedHeader(site.origin.requests[0], 'cookie')).toEqual([written])
  })

  it.each(['/public/page', '/optional/page', '/page'])(
    'P19: reach %s without the gateway’s own',
    async (target) => {
      await cookiesOf([], target, `a=1; ${site.cookies.alice}; __Host-edgegate=x; b=2`)
      const [request] = site.origin.requests
      expect(receivedHeader(request, 'cookie').map((value) => value.split(/;\s*/))).toEqual([['a=1', 'b=2']])
    },
  )

  it('P19: are no header at all when only the gateway’s were there', async () => {
    await cookiesOf([], '/page', site.cookies.alice)
    expect(receivedHeader(site.origin.requests[0], 'cookie')).toEqual([])
  })
})
