import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadEsbuild } from './wrangler-parts.ts'

/** The modules of a Worker, the entry first. Kept in memory; `path` is only their name. */
export type Bundle = readonly {
  readonly type: 'ESModule' | 'CompiledWasm'
  readonly path: string
  readonly contents: string | Uint8Array
}[]

interface ResolveArguments {
  readonly path: string
  readonly resolveDir: string
}
interface Resolution {
  readonly path: string
  readonly external?: boolean
}
interface PluginBuild {
  onResolve(filter: { readonly filter: RegExp }, callback: (args: ResolveArguments) => Resolution): void
}

const bundles = new Map<string, Promise<Bundle>>()

/** Bundles a Worker entry the way `wrangler deploy` would. Each entry is built once per test file. */
export function bundleWorker(entry: string | URL): Promise<Bundle> {
  const file = entry instanceof URL ? fileURLToPath(entry) : path.resolve(entry)
  const known = bundles.get(file)
  if (known) return known
  const building = build(file)
  bundles.set(file, building)
  return building
}

async function build(entry: string): Promise<Bundle> {
  const wasm = new Map<string, string>()
  const { outputFiles } = await loadEsbuild().build({
    entryPoints: [entry],
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['module', 'main'],
    external: ['node:*', 'cloudflare:*'],
    // As `rules` in wrangler.toml has it.
    loader: { '.browser.js': 'text' },
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [wasmModules(wasm)],
  })
  return [
    { type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0]?.text ?? '' },
    ...(await Promise.all(
      [...wasm].map(async ([file, name]) => ({
        type: 'CompiledWasm' as const,
        path: name,
        contents: await readFile(file),
      })),
    )),
  ]
}

/** Workers may not compile WebAssembly at run time; an import of `.wasm` becomes a module of the Worker itself. */
function wasmModules(found: Map<string, string>) {
  return {
    name: 'wasm-modules',
    setup(build: PluginBuild) {
      build.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path: specifier, resolveDir }) => {
        const bare = specifier.replace(/\?module$/, '')
        const file = createRequire(path.join(resolveDir, 'importer.js')).resolve(bare)
        const name = found.get(file) ?? `${found.size}-${path.basename(file)}`
        found.set(file, name)
        return { path: `./${name}`, external: true }
      })
    },
  }
}
