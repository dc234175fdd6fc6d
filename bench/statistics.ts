/** The middle, and the quarter and three-quarter marks: half of all visits lie between `low` and `high`. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** Median and quartiles, interpolated. Throws a RangeError for no values at all. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => {
    const position = (sorted.length - 1) * share
    const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
    if (below === undefined || above === undefined)
      throw new RangeError('there is nothing to take a median of')
    return below + (above - below) * (position - Math.floor(position))
  }
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}
