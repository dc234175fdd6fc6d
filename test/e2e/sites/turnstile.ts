import config from '../../../demo/edgegate.config.ts'
import { createGateway } from '../../../src/app.ts'

/** The demo with the check for robots. The harness says where its stand-in listens. */
export default createGateway({ ...config, turnstile: { siteKey: '0x4AAAAAAASTANDIN' } })
