/** How a command answers: text for people, or one JSON value for programs (`--json`). */
export interface Output {
  /** A value: as JSON, or in the words of `text`. */
  value(value: unknown, text: () => string): void
  /** Progress and remarks; on standard error, so that they never mix with the value. */
  note(text: string): void
}

export function createOutput(json: boolean): Output {
  return {
    value: (value, text) => console.log(json ? JSON.stringify(value, null, 2) : text()),
    note: (text) => console.error(text),
  }
}

/** Rows under a header, columns padded; two spaces between. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}

/** `2026-11-23 21:04` in UTC. */
export function when(at: number | null): string {
  return at === null ? '–' : new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
