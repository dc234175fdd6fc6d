import { createGateway } from '../../../src/app.ts'

/** Not in development, so that mails go to the e-mail binding. */
export default createGateway({
  site: { name: 'Bound', url: 'http://bound.localhost' },
  origin: { url: 'https://origin.bound.example' },
  mail: { from: 'no-reply@bound.example', sender: { binding: 'EMAIL' } },
})
