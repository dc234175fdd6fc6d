import { createEntrypoints } from '../../../src/app.ts'
import { defineConfig } from '../../../src/config/define.ts'

const { gateway, forwardAuth } = createEntrypoints(
  defineConfig({
    site: { name: 'Wiki', url: 'https://wiki.example' },
    origin: { forwardAuth: true },
    rules: [
      { path: '/admin/**', access: { roles: ['admin'] } },
      { path: '/public/**', access: 'public' },
      { path: '/health', access: 'public' },
      { path: '/assets/*.css', access: 'public' },
      { path: '/optional/**', access: 'optional' },
      { path: '/cart/**', access: 'guest' },
      { path: '/api/**', access: 'user', deny: 401 },
    ],
  }),
)

export default gateway
export const ForwardAuth = forwardAuth
