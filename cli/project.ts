import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from '../src/config/schema.ts'
import { Failure } from './failure.ts'

/** The project's own folder, wherever the command is called from. */
export const ROOT = path.dirname(import.meta.dirname)

/** Loads a config file. What is wrong with it as a program is said in one line. */
export async function loadConfig(file: string): Promise<Config> {
  const absolute = path.resolve(file)
  if (!existsSync(absolute)) throw new Failure(`There is no ${file}. Name the config with --config FILE.`)
  try {
    const module = (await import(pathToFileURL(absolute).href)) as { default?: Config }
    if (!module.default)
      throw new Error('it has no default export; write `export default defineConfig({ … })`')
    return module.default
  } catch (error) {
    throw new Failure(`${file} could not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
