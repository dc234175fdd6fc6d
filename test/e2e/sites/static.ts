import { createGateway } from '../../../src/app.ts'
import config from './static.config.ts'

export default createGateway(config)
