import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { type Exchange, sendJson } from './exchange.ts'

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Serves the files of a folder from memory, with validators: 304 to who has them already. */
export function createAssets(directory: URL) {
  const files = new Map(
    readdirSync(directory).map((name) => {
      const body = readFileSync(new URL(name, directory))
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
      return [
        `/assets/${name}`,
        { body, etag, type: TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream' },
      ]
    }),
  )

  return function sendAsset(exchange: Exchange): void {
    const { request, response, path } = exchange
    const file = files.get(path)
    if (!file) {
      sendJson(exchange, { error: 'no such file' }, 404)
      return
    }
    response.setHeader('ETag', file.etag)
    response.setHeader('Cache-Control', 'public, max-age=300')
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304).end()
      return
    }
    response.writeHead(200, {
      'Content-Type': file.type,
      'Content-Length': file.body.length,
      'X-Content-Type-Options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }
}
