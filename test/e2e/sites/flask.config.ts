import { defineConfig } from '../../../src/config/define.ts'

export default defineConfig({
  site: { name: 'Acme workshop', url: 'https://workshop.acme.example' },
  origin: { url: 'https://workshop-origin.acme.example' },
  rules: [
    { path: '/', access: 'optional' },
    { path: '/static/**', access: 'public' },
    { path: '/tools/**', access: { roles: ['keeper'] } },
  ],
})
