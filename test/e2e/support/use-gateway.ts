import { afterAll, beforeAll, beforeEach } from 'vitest'
import { startGateway, type TestGateway } from './gateway.ts'
import { type RecordingOrigin, startOrigin } from './origin.ts'
import { signIn } from './sign-in.ts'
import { ADMIN, ALICE, type TestUser } from './users.ts'

export interface GatewayAndOrigin {
  readonly gateway: TestGateway
  readonly origin: RecordingOrigin
  /** The `Cookie` header of a user who signed in once, before the first test. */
  readonly cookies: { readonly alice: string; readonly admin: string }
}

const BASIC = new URL('../sites/basic.ts', import.meta.url)

/**
 * One gateway in front of one recording origin for all tests of a file, with Alice and the admin signed in; what the origin
 * recorded and was told to answer is forgotten before each test.
 */
export function useGateway(
  options: { readonly entry?: URL; readonly originName?: string; readonly users?: readonly TestUser[] } = {},
): GatewayAndOrigin {
  let running: GatewayAndOrigin | undefined
  const get = () => {
    if (!running) throw new Error('the gateway runs only while tests do')
    return running
  }

  beforeAll(async () => {
    const origin = await startOrigin(options.originName)
    const gateway = await startGateway({
      entry: options.entry ?? BASIC,
      origin: origin.url,
      users: [ALICE, ADMIN, ...(options.users ?? [])],
    }).catch(async (error) => {
      await origin.close()
      throw error
    })
    const [alice, admin] = await Promise.all([signIn(gateway, ALICE), signIn(gateway, ADMIN)])
    running = { gateway, origin, cookies: { alice, admin } }
  })
  afterAll(async () => {
    await running?.gateway.dispose()
    await running?.origin.close()
  })
  beforeEach(() => running?.origin.reset())

  return {
    get gateway() {
      return get().gateway
    },
    get origin() {
      return get().origin
    },
    get cookies() {
      return get().cookies
    },
  }
}
