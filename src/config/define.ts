import type { Config } from './schema.ts'

/** Names the shape of `edgegate.config.ts` for the editor and the compiler. The checks run when the Worker starts. */
export function defineConfig(config: Config): Config {
  return config
}
