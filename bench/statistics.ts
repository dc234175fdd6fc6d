/** The middle, and how far the rounds lay apart. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** Median, minimum and maximum. Throws a RangeError for no values at all. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => {
    const value = sorted[index]
    if (value === undefined) throw new RangeError('there is nothing to take a median of')
    return value
  }
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: at(0),
    high: at(sorted.length - 1),
  }
}
