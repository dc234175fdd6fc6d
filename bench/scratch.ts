import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { atExit } from './at-end.ts'

let directory: string | undefined

/** The run's own directory under the system's temporary one, removed at the end. */
export function scratch(): string {
  if (directory === undefined) {
    const made = mkdtempSync(path.join(tmpdir(), 'edgegate-bench-'))
    directory = made
    atExit(() => rmSync(made, { recursive: true, force: true }))
  }
  return directory
}
