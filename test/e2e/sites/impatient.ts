import { createGateway } from '../../../src/app.ts'
import { defineConfig } from '../../../src/config/define.ts'

/** Gives the origin one second to begin its answer. */
export default createGateway(
  defineConfig({
    site: { name: 'Impatient', url: 'https://impatient.example' },
    origin: { url: 'https://origin.impatient.example', timeout: '1s' },
    rules: [{ path: '/public/**', access: 'public' }],
  }),
)
