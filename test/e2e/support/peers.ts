import { existsSync } from 'node:fs'
import path from 'node:path'

/** Where system services are installed that an ordinary user's PATH leaves out. */
const MORE_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The full path of a command on this machine, or `null`. */
export function findCommand(name: string): string | null {
  const directories = [...(process.env.PATH ?? '').split(path.delimiter), ...MORE_DIRECTORIES]
  return directories.map((directory) => path.join(directory, name)).find((file) => existsSync(file)) ?? null
}

export function hasCommand(name: string): boolean {
  return findCommand(name) !== null
}

interface SkippableTest {
  skip(note?: string): never
}

/**
 * The path of a program that a test needs beside the gateway. Where it is not installed the test is skipped and says
 * why; with EDGEGATE_REQUIRE_PEERS=1 (continuous integration) it fails instead, so that nothing is skipped unnoticed.
 */
export function requirePeer(name: string, test: SkippableTest): string {
  const found = findCommand(name)
  if (found !== null) return found
  const reason = `${name} is not installed on this machine`
  if (process.env.EDGEGATE_REQUIRE_PEERS === '1') throw new Error(reason)
  return test.skip(`${reason}; EDGEGATE_REQUIRE_PEERS=1 turns this into a failure`)
}
