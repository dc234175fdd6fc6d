import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port on the loopback address that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port could be had')
  return address.port
}

export interface RunningProcess {
  readonly pid: number
  /** Everything it has printed so far, both streams in order of arrival. */
  output(): string
  /** Ends it by its pid, and everything it started. Resolves once it is gone. */
  stop(): Promise<void>
}

/**
 * Starts a command in a process group of its own and waits until it is ready: until it prints what `ready` matches, or
 * until `ready` (asked every 50 ms) says so. Throws, with its output, when it ends first or `timeoutMs` pass.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: {
    readonly ready: RegExp | (() => Promise<boolean>)
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string>>
    readonly timeoutMs?: number
  },
): Promise<RunningProcess> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const failed = once(child, 'error').then(([error]) => error)
  await Promise.race([once(child, 'spawn'), failed])
  const { pid } = child
  if (pid === undefined) throw await failed

  const { ready } = options
  const isReady = ready instanceof RegExp ? async () => ready.test(output) : ready
  const running = { pid, output: () => output, stop: () => stopGroup(child, pid) }
  const deadline = Date.now() + (options.timeoutMs ?? 30_000)
  while (!(await isReady())) {
    const trouble = hasEnded(child)
      ? 'ended before it was ready'
      : Date.now() > deadline
        ? 'did not become ready'
        : null
    if (trouble) {
      await running.stop()
      throw new Error(`${command} ${trouble}:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return running
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function stopGroup(child: ChildProcess, pid: number): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  process.kill(-pid, 'SIGTERM')
  const insist = setTimeout(() => process.kill(-pid, 'SIGKILL'), 5000)
  await ended
  clearTimeout(insist)
}

/** Memory in bytes that the descendants of this process whose command is `name` occupy together. */
export function residentBytesOf(name: string): number {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,comm='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, kilobytes, command]) => ({
      pid: Number(pid),
      parent: Number(parent),
      bytes: Number(kilobytes) * 1024,
      command: command?.trim() ?? '',
    }))
  const ours = new Set([process.pid])
  let grown = true
  while (grown) {
    const before = ours.size
    for (const row of rows) if (ours.has(row.parent)) ours.add(row.pid)
    grown = ours.size > before
  }
  const matching = rows.filter(
    (row) => ours.has(row.pid) && (row.command === name || row.command.endsWith(`/${name}`)),
  )
  if (matching.length === 0) throw new Error(`no process called ${name} belongs to this test`)
  return matching.reduce((sum, row) => sum + row.bytes, 0)
}
