import { describe, expect, it } from 'vitest'
import { headerValues, sendRaw } from './support/raw-http.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway({ originName: 'localhost' })

async function locationFor(
  location: string,
  options: { readonly status?: number; readonly target?: string } = {},
) {
  site.origin.answer((request, response) => {
    request.resume()
    response.writeHead(options.status ?? 302, { Location: location, 'Content-Location': location }).end()
  })
  const headers = [['Cookie', site.cookies.alice]] as const
  const response = await sendRaw(site.gateway, { target: options.target ?? '/public/page', headers })
  expect(response?.status).toBe(options.status ?? 302)
  const [value] = response ? headerValues(response, 'location') : []
  expect(response && headerValues(response, 'content-location')).toEqual([value])
  return value
}

describe.each(['/public/page', '/page'])('a redirect from %s', (target) => {
  it.each([301, 302, 303, 307, 308])(
    '%d is left to the browser: the origin is asked once',
    async (status) => {
      expect(await locationFor('/public/next', { status, target })).toBe('/public/next')
      expect(site.origin.requests).toHaveLength(1)
    },
  )

  it('to the origin’s own address comes back under ours', async () => {
    const moved = await locationFor(`${site.origin.url}/next?q=1#part`, { target })
    expect(moved).toBe(`${site.gateway.url}/next?q=1#part`)
  })

  it.each([
    'https://elsewhere.example/next',
    '//elsewhere.example/next',
    'next',
    '../up?x=http://localhost',
    'mailto:a@b.example',
  ])('to %s is not touched', async (location) => {
    expect(await locationFor(location, { target })).toBe(location)
  })

  it('to another port of the origin’s host is not touched: that is another site', async () => {
    expect(await locationFor('http://localhost:1/next', { target })).toBe('http://localhost:1/next')
  })
})

it('of a POST sends the body once', async () => {
  site.origin.answer((request, response) => {
    request.resume()
    response.writeHead(307, { Location: '/public/next' }).end()
  })
  const response = await sendRaw(site.gateway, {
    method: 'POST',
    target: '/public/form',
    headers: [['Content-Length', '3']],
    body: 'a=1',
  })
  expect(response?.status).toBe(307)
  expect(site.origin.requests.map(({ method, target }) => [method, target])).toEqual([
    ['POST', '/public/form'],
  ])
})
