import { defineConfig } from './src/config/define.ts'

export default defineConfig({
  // The address visitors use, and the name that pages show.
  site: { name: 'Example', url: 'https://www.example.com' },

  // The site behind the gateway: { url }, { service: 'BINDING' } or { assets: 'ASSETS' }.
  origin: { url: 'https://origin.example.com' },

  // First match wins. A path that no rule names needs a login.
  rules: [
    { path: '/health', access: 'public' },
    { path: '/admin/**', access: { roles: ['admin'] }, fresh: '15m' },
  ],

  // What the origin is told: Remote-User, Remote-Email, Remote-Name, Remote-Groups, Remote-Sub and X-Auth-Assertion.
  identity: { headers: ['remote-user'], user: 'email' },
})
