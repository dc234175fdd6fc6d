/** The middle, and the quarter and three-quarter marks: half of all visits lie between `low` and `high`. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/**
 * What a tenth of the visits stayed below. Whatever else the machine does only ever adds to the time a request takes, so the cheapest visits
 * are the nearest to what it costs by itself; the very cheapest may be luck.
 */
export function lowerDecile(values: readonly number[]): number {
  return quantile(values, 0.1)
}

/** Median and quartiles, interpolated. Throws a RangeError for no values at all. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
  if (below === undefined || above === undefined)
    throw new RangeError('there is nothing to take a quantile of')
  return below + (above - below) * (position - Math.floor(position))
}
