import { createInterface } from 'node:readline'
import { Failure } from './failure.ts'

/** Reads a password from a prompt that shows nothing, or the whole of standard input. Never from an argument: those are public. */
export async function readPassword(fromStdin: boolean): Promise<string> {
  if (fromStdin) return (await readAll()).replace(/\r?\n$/, '')
  if (!process.stdin.isTTY) {
    throw new Failure('There is no terminal to ask for the password. Pipe it in and say --password-stdin.')
  }
  const first = await ask('Password: ')
  const second = await ask('Once more: ')
  if (first !== second) throw new Failure('The two did not match. Nothing was changed.')
  return first
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function ask(question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    process.stderr.write(question)
    const lines = createInterface({ input: process.stdin, terminal: true, output: undefined as never })
    lines.once('line', (line) => {
      process.stderr.write('\n')
      lines.close()
      resolve(line)
    })
    lines.once('SIGINT', () => {
      lines.close()
      reject(new Failure('Cancelled.', 130))
    })
  })
}
