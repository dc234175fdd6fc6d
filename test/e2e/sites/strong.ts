import { createGateway } from '../../../src/app.ts'
import { defineConfig } from '../../../src/config/define.ts'

/** A site where one part asks for a second factor. */
export default createGateway(
  defineConfig({
    site: { name: 'Acme intranet', url: 'https://strong.example' },
    origin: { url: 'https://origin.strong.example' },
    rules: [{ path: '/vault/**', access: 'user', mfa: true }],
  }),
)
