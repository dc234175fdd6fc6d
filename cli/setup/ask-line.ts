import { createInterface } from 'node:readline/promises'

/** One answer at the terminal; the question goes to standard error, so that it never mixes with a command's value. */
export async function askLine(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}
