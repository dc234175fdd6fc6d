import { defineConfig } from '../../../src/config/define.ts'

export default defineConfig({
  site: { name: 'Acme handbook', url: 'https://handbook.acme.example' },
  origin: { url: 'https://handbook-origin.acme.example' },
  rules: [
    { path: '/', access: 'public' },
    { path: '/guide/**', access: 'public' },
    { path: '/img/**', access: 'public' },
  ],
})
