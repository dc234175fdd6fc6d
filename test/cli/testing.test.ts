import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { withSignIns } from 'edgegate/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../e2e/support/processes.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const CONFIG = path.join(ROOT, 'test/e2e/sites/flask.config.ts')
let folder: string
let site: Server
let dev: ChildProcess
let url: string
let asked: (string | undefined)[]

function edgegate(words: readonly string[], input = ''): ChildProcess {
  const child = spawn(process.execPath, [path.join(ROOT, 'cli/edgegate.mjs'), ...words, '--state', folder], {
    cwd: ROOT,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.stdin?.end(input)
  return child
}
const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve))

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgegate-testing-'))
  asked = []
  site = createServer((request, response) => {
    asked.push(request.headers['remote-email'] as string | undefined)
    response.end('page')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const add = ['user', 'add', 'ada@example.com', '--password-stdin', '--config', CONFIG]
  expect(await ended(edgegate(add, 'tall purple window sings quietly'))).toBe(0)
  const port = await freePort()
  url = `http://localhost:${port}`
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  dev = edgegate(['dev', '--config', CONFIG, '--origin', origin, '--port', String(port)])
  for (let attempt = 0; attempt < 240; attempt++) {
    if (await fetch(`${url}/auth/health`).catch(() => null)) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error('the gateway did not come up')
}, 90_000)
afterAll(async () => {
  const gone = ended(dev)
  dev.kill('SIGTERM')
  await gone
  site.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('edgegate/testing', () => {
  it('signs a test in by cookie and by token, without the form, beside a running `edgegate dev`', async () => {
    const said = await withSignIns({ url, config: CONFIG, state: folder }, async (signIns) => ({
      cookie: await signIns.cookie({ user: 'ada@example.com' }),
      stale: await signIns.cookie({ user: 'ada@example.com', minutesAgo: 60 }),
      token: await signIns.accessToken({ user: 'ada@example.com', scope: 'a' }),
    }))
    const open = (headers: Record<string, string>) =>
      fetch(`${url}/members/`, { headers, redirect: 'manual' })
    expect((await open({})).status).toBe(401)
    expect((await open({ cookie: said.cookie })).status).toBe(200)
    expect((await open({ authorization: `Bearer ${said.token}` })).status).toBe(200)
    expect(asked).toEqual(['ada@example.com', 'ada@example.com'])
    const fresh = async (cookie: string) =>
      (
        (await (await fetch(`${url}/auth/api/session`, { headers: { cookie } })).json()) as {
          session: { fresh: boolean }
        }
      ).session.fresh
    expect([await fresh(said.cookie), await fresh(said.stale)]).toEqual([true, false])
  }, 60_000)

  it('is of no use for a deployment, or without the files of the storage', async () => {
    const work = () => Promise.resolve(null)
    await expect(withSignIns({ url: 'https://intranet.acme.example', config: CONFIG }, work)).rejects.toThrow(
      'is not this machine',
    )
    const elsewhere = path.join(folder, 'nowhere')
    await expect(
      withSignIns({ url, config: CONFIG, state: elsewhere }, (signIns) =>
        signIns.cookie({ user: 'ada@example.com' }),
      ),
    ).rejects.toThrow('has no secret')
  })
})
