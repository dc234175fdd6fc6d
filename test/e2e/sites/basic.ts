import { createGateway } from '../../../src/app.ts'
import { defineConfig } from '../../../src/config/define.ts'

/** One rule of each kind. The harness says where the gateway listens and where the origin is. */
export default createGateway(
  defineConfig({
    site: { name: 'Basic', url: 'https://basic.example' },
    origin: { url: 'https://origin.basic.example' },
    rules: [
      { path: '/admin/**', access: { roles: ['admin'] } },
      { path: '/public/**', access: 'public' },
      { path: '/health', access: 'public' },
      { path: '/assets/*.css', access: 'public' },
      { path: '/optional/**', access: 'optional' },
      { path: '/cart/**', access: 'guest' },
    ],
  }),
)
