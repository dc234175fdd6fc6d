import { createGateway } from '../../../src/app.ts'
import { defineConfig } from '../../../src/config/define.ts'

/** What has ended is known within a second, so that a test can wait for it. */
export default createGateway(
  defineConfig({
    site: { name: 'Quick', url: 'https://quick.example' },
    origin: { url: 'https://origin.quick.example' },
    rules: [{ path: '/admin/**', access: { roles: ['admin'] } }],
    session: { revocation: '1s' },
  }),
)
