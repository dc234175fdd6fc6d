/** An instant (unix milliseconds) in the time of a place, `Europe/Berlin` say; in UTC where that is not known. Says which it is. */
export function describeMoment(at: number, language: string, timeZone: string | null): string {
  try {
    return format(at, language, timeZone ?? 'UTC')
  } catch {
    return format(at, language, 'UTC')
  }
}

function format(at: number, language: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    timeZone,
  }).format(at)
}
