import config from '../../../demo/edgegate.config.ts'
import { createGateway } from '../../../src/app.ts'

/** The demo, with an upload that asks for the password again. */
export default createGateway({
  ...config,
  rules: [{ path: '/members/guestbook/upload', access: 'user', fresh: '15m' }, ...(config.rules ?? [])],
})
