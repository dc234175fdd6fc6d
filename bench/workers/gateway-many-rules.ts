import './straight-fetch.ts'
import { createGateway } from '../../src/app.ts'
import { benchConfig, manyRules } from './config.ts'

/** The gateway with 1,000 rules before the ones that match. */
export default createGateway(benchConfig(manyRules(998)))
