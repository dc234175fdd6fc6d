import { describe, expect, it } from 'vitest'
import { receivedHeader } from './support/origin.ts'
import { headerValues, sendRaw } from './support/raw-http.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway()
const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251))

describe.each([
  ['/public/film', 'anonymous'],
  ['/film', 'alice'],
] as const)('a range of %s for %s', (target, who) => {
  const cookie = () => (who === 'alice' ? [['Cookie', site.cookies.alice] as const] : [])

  it('comes as 206 with its bytes and their place', async () => {
    site.origin.answer((_request, response) => {
      response.writeHead(206, {
        'Content-Range': 'bytes 100-199/1000',
        'Content-Length': 100,
        'Accept-Ranges': 'bytes',
        ETag: '"film"',
      })
      response.end(CONTENT.subarray(100, 200))
    })
    const headers = [['Range', 'bytes=100-199'], ['If-Range', '"film"'], ...cookie()] as const
    const response = await sendRaw(site.gateway, { target, headers })
    expect(response?.status).toBe(206)
    expect(response && headerValues(response, 'content-range')).toEqual(['bytes 100-199/1000'])
    expect(response && headerValues(response, 'accept-ranges')).toEqual(['bytes'])
    expect(response && headerValues(response, 'content-length')).toEqual(['100'])
    expect(response?.body.equals(CONTENT.subarray(100, 200))).toBe(true)
    expect(receivedHeader(site.origin.requests[0], 'range')).toEqual(['bytes=100-199'])
    expect(receivedHeader(site.origin.requests[0], 'if-range')).toEqual(['"film"'])
  })

  it('comes in several parts when several were asked for', async () => {
    const body =
      '--x\r\nContent-Range: bytes 0-0/1000\r\n\r\na\r\n--x\r\nContent-Range: bytes 9-9/1000\r\n\r\nb\r\n--x--\r\n'
    site.origin.answer((_request, response) => {
      response.writeHead(206, { 'Content-Type': 'multipart/byteranges; boundary=x' })
      response.end(body)
    })
    const response = await sendRaw(site.gateway, {
      target,
      headers: [['Range', 'bytes=0-0,9-9'], ...cookie()],
    })
    expect(response?.status).toBe(206)
    expect(response && headerValues(response, 'content-type')).toEqual(['multipart/byteranges; boundary=x'])
    expect(response?.body.toString()).toBe(body)
    expect(receivedHeader(site.origin.requests[0], 'range')).toEqual(['bytes=0-0,9-9'])
  })

  it('outside the content is 416 with its length', async () => {
    site.origin.answer((_request, response) => {
      response.writeHead(416, { 'Content-Range': 'bytes */1000', 'Content-Length': 0 }).end()
    })
    const response = await sendRaw(site.gateway, { target, headers: [['Range', 'bytes=5000-'], ...cookie()] })
    expect(response?.status).toBe(416)
    expect(response && headerValues(response, 'content-range')).toEqual(['bytes */1000'])
  })
})
