#!/usr/bin/env node
// Starts the command with the project's own Node (the `node` dev dependency), so that an older system Node does not matter.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
const [major] = process.versions.node.split('.').map(Number)

if (major >= 24) {
  await import(main)
} else if (existsSync(own)) {
  const child = spawn(own, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  // A signal for this process is meant for the command.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('exit', (status, signal) => {
    process.exitCode = status ?? (signal ? 130 : 1)
  })
} else {
  console.error(
    `edgegate needs Node 24 or newer, or its own: run \`npm ci\` in the project first (this is ${process.version}).`,
  )
  process.exitCode = 1
}
