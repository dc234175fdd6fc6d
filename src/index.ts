import config from '../edgegate.config.ts'
import { createGateway } from './app.ts'

export default createGateway(config)
