const duties: (() => unknown)[] = []
let ending: Promise<void> | undefined

/** Remembers what to stop or remove when the run is over, however it ends. The last thing started goes first. */
export function atEnd(duty: () => unknown): void {
  duties.push(duty)
}

/** Does all of it, once. */
export function end(): Promise<void> {
  ending ??= (async () => {
    for (const duty of duties.reverse()) {
      try {
        await duty()
      } catch (error) {
        console.error(error)
      }
    }
  })()
  return ending
}

for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.once(signal, async () => {
    await end()
    process.exit(128 + number)
  })
}
