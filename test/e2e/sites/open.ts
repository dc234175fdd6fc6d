import config from '../../../demo/edgegate.config.ts'
import { createGateway } from '../../../src/app.ts'

/** The demo, where strangers sign up and sign in by mail. */
export default createGateway({
  ...config,
  registration: { mode: 'open' },
  login: { link: true },
})
