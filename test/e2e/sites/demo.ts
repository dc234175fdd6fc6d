import config from '../../../demo/edgegate.config.ts'
import { createGateway } from '../../../src/app.ts'

/** The demo as `npm start` runs it, with one place that asks for the password again. */
export default createGateway({
  ...config,
  rules: [{ path: '/members/notes', access: 'user', fresh: '15m' }, ...(config.rules ?? [])],
})
