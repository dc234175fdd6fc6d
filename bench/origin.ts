import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { freePort } from '../test/e2e/support/processes.ts'
import { atEnd } from './at-end.ts'
import { scratch } from './scratch.ts'

export interface Origin {
  readonly url: string
  readonly address: string
  /** For the report. */
  readonly name: string
}

const PAGE = '<!doctype html><title>A page</title><p>'.padEnd(1023, 'x').concat('\n')

/**
 * The site behind every candidate: one kilobyte for any path. It says `Cache-Control: private`, as a page behind a login
 * should, except under `/plain/`. nginx where there is one, else Node.
 */
export async function startOrigin(): Promise<Origin> {
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const version = /nginx\/\S+/.exec(spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[0]
  if (version) await startNginx(port)
  else await startNode(port)
  return { url: `http://${address}`, address, name: version ?? `node:http ${process.version}` }
}

async function startNginx(port: number): Promise<void> {
  const directory = path.join(scratch(), 'origin')
  mkdirSync(path.join(directory, 'site'), { recursive: true })
  writeFileSync(path.join(directory, 'site', 'page.html'), PAGE)
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(' ')
  writeFileSync(
    path.join(directory, 'nginx.conf'),
    `daemon off; master_process off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 512; }
http {
  ${places}
  access_log off; default_type text/html; sendfile off; open_file_cache max=10; etag off;
  keepalive_requests 1000000000; keepalive_timeout 1h; root ${directory}/site;
  server {
    listen 127.0.0.1:${port};
    location / { add_header Cache-Control private; rewrite ^ /page.html break; }
    location /plain/ { rewrite ^ /page.html break; }
  }
}
`,
  )
  const child = spawn('nginx', ['-p', directory, '-c', path.join(directory, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  atEnd(() => stop(child))
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) break
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  throw new Error('nginx did not start')
}

async function startNode(port: number): Promise<void> {
  const server = createServer((request, response) => {
    const isPlain = request.url?.startsWith('/plain/') ?? false
    response.writeHead(200, {
      'content-type': 'text/html',
      'content-length': PAGE.length,
      ...(isPlain ? {} : { 'cache-control': 'private' }),
    })
    response.end(PAGE)
  })
  server.keepAliveTimeout = 0
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  atEnd(() => {
    server.closeAllConnections()
    server.close()
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
