import { copyFile, mkdtemp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadEsbuild } from './wrangler-parts.ts'

export interface Bundle {
  readonly directory: string
  /** Module files by name inside `directory`, the entry first. */
  readonly modules: readonly { readonly type: 'ESModule' | 'CompiledWasm'; readonly path: string }[]
}

interface ResolveArguments {
  readonly path: string
  readonly resolveDir: string
}
interface Resolution {
  readonly path: string
  readonly external?: boolean
}
interface PluginBuild {
  onResolve(
    filter: { readonly filter: RegExp },
    callback: (args: ResolveArguments) => Promise<Resolution> | Resolution,
  ): void
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
  const directory = await mkdtemp(path.join(tmpdir(), 'edgegate-e2e-'))
  const wasm = new Map<string, string>()
  await loadEsbuild().build({
    entryPoints: { worker: entry },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['module', 'main'],
    external: ['node:*', 'cloudflare:*'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'inline',
    logLevel: 'silent',
    metafile: true,
    plugins: [wasmModules(directory, wasm)],
  })
  return {
    directory,
    modules: [
      { type: 'ESModule', path: path.join(directory, 'worker.mjs') },
      ...[...wasm.values()].map((name) => ({
        type: 'CompiledWasm' as const,
        path: path.join(directory, name),
      })),
    ],
  }
}

/** Workers may not compile WebAssembly at run time; an import of `.wasm` becomes a module of the Worker itself. */
function wasmModules(directory: string, found: Map<string, string>) {
  return {
    name: 'wasm-modules',
    setup(build: PluginBuild) {
      build.onResolve({ filter: /\.wasm(\?module)?$/ }, async ({ path: specifier, resolveDir }) => {
        const bare = specifier.replace(/\?module$/, '')
        const file = createRequire(path.join(resolveDir, 'importer.js')).resolve(bare)
        const name = found.get(file) ?? `${found.size}-${path.basename(file)}`
        if (!found.has(file)) {
          found.set(file, name)
          await copyFile(file, path.join(directory, name))
        }
        return { path: `./${name}`, external: true }
      })
    },
  }
}
