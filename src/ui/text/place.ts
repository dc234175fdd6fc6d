/** `Hamburg, DE` as people say it: `Hamburg, Germany`. */
export function describePlace(place: string, language: string): string {
  const parts = place.split(', ')
  const country = parts.pop() ?? ''
  const name = /^[A-Z]{2}$/.test(country)
    ? new Intl.DisplayNames([language], { type: 'region' }).of(country)
    : country
  return [...parts, name].join(', ')
}
