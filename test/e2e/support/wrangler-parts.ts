import { createRequire } from 'node:module'

/**
 * The bundler and the simulator that wrangler brings. Taken from wrangler's own dependencies, never listed by this
 * package: a second version of either would bring a second workerd. Only what the harness uses is typed.
 */
const requireFromHere = createRequire(import.meta.url)
const requireFromWrangler = createRequire(requireFromHere.resolve('wrangler'))

export interface Esbuild {
  build(
    options: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>
}

export interface Miniflare {
  readonly ready: Promise<URL>
  getD1Database(binding: string, worker?: string): Promise<D1Database>
  getKVNamespace(binding: string): Promise<KVNamespace>
  getWorker(): Promise<{ scheduled(options: { readonly cron: string }): Promise<unknown> }>
  dispose(): Promise<void>
}

interface MiniflareModule {
  readonly Miniflare: new (options: unknown) => Miniflare
  readonly Log: new (level: number) => unknown
  readonly LogLevel: { readonly NONE: number }
  convertV4MiniflareOptions(options: Readonly<Record<string, unknown>>): unknown
}

export function loadEsbuild(): Esbuild {
  return requireFromWrangler('esbuild') as Esbuild
}

export function loadMiniflare(): MiniflareModule {
  return requireFromWrangler('miniflare') as MiniflareModule
}

/** The runtime that wrangler.toml asks for. */
export const RUNTIME = {
  compatibilityDate: '2026-10-30',
  compatibilityFlags: ['no_nodejs_compat'],
} as const
