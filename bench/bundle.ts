import { copyFile, mkdtemp, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { loadEsbuild } from '../test/e2e/support/wrangler-parts.ts'
import { scratch } from './scratch.ts'

export interface Bundle {
  readonly directory: string
  readonly modules: readonly { readonly type: 'ESModule' | 'CompiledWasm'; readonly path: string }[]
}

/** Bundles a Worker of `bench/workers` as `wrangler deploy --minify` would: no source map, WebAssembly as a module. */
export async function bundle(name: string): Promise<Bundle> {
  return await bundleFile(fileURLToPath(new URL(`./workers/${name}.ts`, import.meta.url)))
}

export interface Size {
  readonly bytes: number
  readonly gzippedBytes: number
}

/** What a deployment uploads: the script, and each WebAssembly module. */
export async function deployedSize(): Promise<Size> {
  const { modules } = await bundleFile(fileURLToPath(new URL('../src/index.ts', import.meta.url)))
  const contents = await Promise.all(modules.map(({ path }) => readFile(path)))
  return {
    bytes: contents.reduce((sum, { length }) => sum + length, 0),
    gzippedBytes: contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0),
  }
}

export async function bundleFile(entry: string): Promise<Bundle> {
  const directory = await mkdtemp(path.join(scratch(), 'bundle-'))
  const wasm = new Map<string, string>()
  await loadEsbuild().build({
    entryPoints: { worker: entry },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['module', 'main'],
    external: ['node:*', 'cloudflare:*'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    // As wrangler.toml says.
    loader: { '.browser.js': 'text' },
    logLevel: 'silent',
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

interface PluginBuild {
  onResolve(
    filter: { readonly filter: RegExp },
    callback: (args: { readonly path: string; readonly resolveDir: string }) => Promise<{
      readonly path: string
      readonly external: boolean
    }>,
  ): void
}

function wasmModules(directory: string, found: Map<string, string>) {
  return {
    name: 'wasm-modules',
    setup(build: PluginBuild) {
      build.onResolve({ filter: /\.wasm(\?module)?$/ }, async ({ path: specifier, resolveDir }) => {
        const file = createRequire(path.join(resolveDir, 'importer.js')).resolve(
          specifier.replace(/\?module$/, ''),
        )
        const name = found.get(file) ?? `${found.size}-${path.basename(file)}`
        if (!found.has(file)) await copyFile(file, path.join(directory, name))
        found.set(file, name)
        return { path: `./${name}`, external: true }
      })
    },
  }
}
