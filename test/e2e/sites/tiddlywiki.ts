import { createGateway } from '../../../src/app.ts'
import config from './tiddlywiki.config.ts'

export default createGateway(config)
