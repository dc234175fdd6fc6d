import config from '../edgegate.config.ts'
import { createEntrypoints } from './app.ts'

const { gateway, forwardAuth } = createEntrypoints(config)

export default gateway
export const ForwardAuth = forwardAuth
