import './straight-fetch.ts'
import { createGateway } from '../../src/app.ts'
import { benchConfig } from './config.ts'

/** The gateway itself, with a handful of rules. */
export default createGateway(benchConfig())
