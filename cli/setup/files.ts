import type { Plan } from './plan.ts'

/** The address in the configuration as shipped: who has not changed it has not configured anything. */
const SHIPPED_SITE = "url: 'https://www.example.com'"

export function isShippedConfig(text: string): boolean {
  return text.includes(SHIPPED_SITE)
}

/** A configuration that asks everybody to sign in everywhere. Rules are the operator's to add. */
export function writeConfig({ site, origin, name, registration }: Plan): string {
  return `import { defineConfig } from './src/config/define.ts'

export default defineConfig({
  // The address visitors use, and the name that pages show.
  site: { name: ${quote(name)}, url: ${quote(site.origin)} },

  // The site behind the gateway.
  origin: { url: ${quote(origin.origin)} },

  // First match wins. A path that no rule names needs a login. docs/rules.md
  rules: [
    // { path: '/health', access: 'public' },
    // { path: '/admin/**', access: { roles: ['admin'] }, fresh: '15m' },
  ],

  registration: { mode: ${quote(registration)} },
})
`
}

/** A text as TypeScript writes it, whatever is in it. */
function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** Whether wrangler.toml leads this host to the Worker. Comments do not count. */
export function hasRoute(toml: string, host: string): boolean {
  return toml
    .split('\n')
    .some((line) => new RegExp(`^\\s*pattern\\s*=\\s*"${literal(host)}(?:/|")`).test(line))
}

/** The same file with a custom domain for this host, in the place of the example. */
export function addRoute(toml: string, host: string): string {
  const route = `[[routes]]\npattern = "${host}"\ncustom_domain = true\n`
  const example = /^# \[\[routes\]\]\n# pattern = .*\n# custom_domain = true\n/m
  return example.test(toml) ? toml.replace(example, route) : `${toml.trimEnd()}\n\n${route}`
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
