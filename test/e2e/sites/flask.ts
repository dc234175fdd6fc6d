import { createGateway } from '../../../src/app.ts'
import config from './flask.config.ts'

export default createGateway(config)
