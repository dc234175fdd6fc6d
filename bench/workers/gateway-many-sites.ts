import './straight-fetch.ts'
import { createGateway } from '../../src/app.ts'
import { manySites } from './config.ts'

/** The gateway with 50 sites, one of which is asked for. */
export default createGateway(manySites(50))
