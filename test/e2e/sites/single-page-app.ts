import { env } from 'cloudflare:workers'
import { createGateway } from '../../../src/app.ts'
import { defineConfig } from '../../../src/config/define.ts'

/** An API behind the gateway, for an app that is served elsewhere. */
const { APP_ORIGIN } = env as { APP_ORIGIN: string }
const cors = { origins: [APP_ORIGIN], credentials: true as const }

export default createGateway(
  defineConfig({
    site: { name: 'API', url: 'https://api.example' },
    origin: { url: 'https://origin.api.example' },
    rules: [
      { path: '/fresh/**', access: 'user', fresh: '2s', deny: 401, cors },
      { path: '/api/**', access: 'user', deny: 401, cors },
    ],
  }),
)
