import { defineConfig } from '../src/config/define.ts'

/** The gateway of `npm start`: in front of the demo site on this machine. */
export default defineConfig({
  site: {
    name: 'Harbour & Lark',
    url: 'http://localhost:8787',
    logo: '/assets/logo.svg',
    colors: { accent: '#173f5f', accentDark: '#7fb2dc' },
  },
  origin: { url: 'http://127.0.0.1:8788' },
  rules: [
    { path: '/', access: 'optional' },
    { path: '/about', access: 'optional' },
    { path: '/assets/**', access: 'public' },
    { path: '/favicon.ico', access: 'public' },
    { path: '/whoami', access: 'optional' },
    { path: '/whoami.json', access: 'optional' },
    { path: '/members/**', access: 'user' },
    { path: '/admin/**', access: { roles: ['admin'] } },
  ],
})
