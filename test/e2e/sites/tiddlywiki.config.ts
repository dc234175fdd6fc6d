import { defineConfig } from '../../../src/config/define.ts'

export default defineConfig({
  site: { name: 'Acme notes', url: 'https://notes.acme.example' },
  origin: { url: 'https://notes-origin.acme.example' },
  identity: { headers: ['tiddlywiki'], user: 'username', assertion: false },
  session: { idle: '7d', absolute: '7d' },
})
