import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { type RecordingOrigin, startOrigin } from './support/origin.ts'
import { freePort } from './support/processes.ts'
import { ADMIN, ALICE } from './support/users.ts'

export const CHECK_SECRET = 'the-secret-of-the-proxies-0123456789-abcdef'

/** What a configuration in docs/forward-auth leaves open. */
export interface Settings {
  readonly port: number
  readonly gateway: Pick<TestGateway, 'url' | 'host'>
  readonly app: RecordingOrigin
  readonly secret: string
}

export interface RunningProxy {
  stop(): Promise<void>
}

export interface Stage {
  /** What visitors open. */
  readonly url: string
  readonly port: number
  readonly gateway: TestGateway
  readonly app: RecordingOrigin
  close(): Promise<void>
}

/** A proxy before an application, with a gateway to ask; the site is known by the proxy's address. */
export async function startStage(startProxy: (settings: Settings) => Promise<RunningProxy>): Promise<Stage> {
  const port = await freePort()
  const app = await startOrigin()
  const gateway = await startGateway({
    entry: new URL('./sites/forward-auth.ts', import.meta.url),
    bindings: { EDGEGATE_DEV: `http://127.0.0.1:${port}`, EDGEGATE_CHECK_SECRET: CHECK_SECRET },
    users: [ALICE, ADMIN],
  })
  const proxy = await startProxy({ port, gateway, app, secret: CHECK_SECRET }).catch(async (error) => {
    await gateway.dispose()
    await app.close()
    throw error
  })
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    gateway,
    app,
    async close() {
      await proxy.stop()
      await gateway.dispose()
      await app.close()
    },
  }
}

/** A file of docs/forward-auth, exactly as an operator copies it. */
export function snippet(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../docs/forward-auth/${name}`, import.meta.url)), 'utf8')
}

/** Whether a server answers there, whatever it says. */
export async function answers(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/auth/health`, { redirect: 'manual' }).then(
    () => true,
    () => false,
  )
}
