import { spawn } from 'node:child_process'
import path from 'node:path'
import { ROOT } from '../project.ts'

export interface WranglerResult {
  readonly status: number
  /** Standard output, where it was captured. */
  readonly stdout: string
}

/** Runs the project's own wrangler. Its words go to the screen, unless its output is wanted as a value. */
export function runWrangler(words: readonly string[], capture = false): Promise<WranglerResult> {
  const command = process.env.EDGEGATE_WRANGLER ?? path.join(ROOT, 'node_modules/.bin/wrangler')
  const child = spawn(command, words, {
    cwd: ROOT,
    stdio: ['inherit', capture ? 'pipe' : 2, capture ? 'ignore' : 2],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  })
  let stdout = ''
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status: status ?? 1, stdout }))
  })
}
