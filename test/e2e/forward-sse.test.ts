import { once } from 'node:events'
import { get, type IncomingMessage, type ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { receivedHeader } from './support/origin.ts'
import { useGateway } from './support/use-gateway.ts'

const site = useGateway()

/** The origin opens a stream and lets the test write to it. */
function originStream(): Promise<ServerResponse> {
  return new Promise((resolve) => {
    site.origin.answer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
      response.flushHeaders()
      resolve(response)
    })
  })
}

async function openStream(path: string, headers: Readonly<Record<string, string>>) {
  const opened = originStream()
  const request = get(`${site.gateway.url}${path}`, { headers: { accept: 'text/event-stream', ...headers } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  return { request, response, stream: await opened }
}

describe.each([
  ['/public/events', 'anonymous'],
  ['/events', 'alice'],
] as const)('an event stream at %s for %s', (path, who) => {
  const headers = () => (who === 'alice' ? { cookie: site.cookies.alice } : {})

  it('arrives event by event, each before the next is sent', async () => {
    const { response, stream, request } = await openStream(path, headers())
    expect(response.headers['content-type']).toBe('text/event-stream')
    for (let id = 1; id <= 5; id++) {
      const arrived = once(response, 'data')
      stream.write(`id: ${id}\ndata: tick\n\n`)
      expect((await arrived)[0]).toBe(`id: ${id}\ndata: tick\n\n`)
    }
    request.destroy()
  })

  // The runtime looks at the visitor's connection when it has something to write to it.
  it('ends at the origin with the next event when the visitor has left', async () => {
    const { response, stream, request } = await openStream(path, headers())
    const arrived = once(response, 'data')
    stream.write('data: hello\n\n')
    await arrived
    const closed = once(stream, 'close')
    const ticking = setInterval(() => stream.write('data: anybody?\n\n'), 10)
    request.destroy()
    await closed
    clearInterval(ticking)
    expect(stream.writableFinished).toBe(false)
  })

  it('ends at the visitor when the origin is done', async () => {
    const { response, stream } = await openStream(path, headers())
    const ended = once(response, 'end')
    response.resume()
    stream.end('data: bye\n\n')
    await ended
    expect(response.complete).toBe(true)
  })
})

it('resumes: Last-Event-ID reaches the origin', async () => {
  const { request } = await openStream('/public/events', { 'last-event-id': '41' })
  expect(receivedHeader(site.origin.requests[0], 'last-event-id')).toEqual(['41'])
  request.destroy()
})
