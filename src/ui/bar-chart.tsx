/** One bar, or two on top of each other; the label is the reader's, such as a day. */
export interface Bar {
  readonly label: string
  readonly values: readonly number[]
}

const WIDTH = 600
const HEIGHT = 120

/**
 * Bars over time as inline SVG, which needs neither a script nor a style attribute. The same figures stand below as a table, for who cannot see
 * the picture or wants to copy them; to a screen reader the picture is one image with a summary.
 */
export function BarChart(props: {
  readonly title: string
  /** What each of the values of a bar counts, in their order. */
  readonly series: readonly string[]
  readonly bars: readonly Bar[]
  readonly labelHeading: string
  /** What opens the table. */
  readonly tableLabel: string
  readonly language: string
}) {
  const { title, series, bars, language } = props
  const sums = bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0))
  const most = Math.max(1, ...sums)
  const number = new Intl.NumberFormat(language)
  const total = number.format(sums.reduce((sum, value) => sum + value, 0))
  return (
    <figure>
      <figcaption>
        {title}
        {series.length > 1 && (
          <span class="legend">
            {series.map((name, index) => (
              <span class={index === 0 ? undefined : 'second'}>
                <i />
                {name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title}: ${total}`}>
        <line x1="0" x2={String(WIDTH)} y1={String(HEIGHT)} y2={String(HEIGHT)} />
        {bars.map((bar, index) => (
          <Column bar={bar} index={index} count={bars.length} most={most} series={series} />
        ))}
      </svg>
      <p class="axis" aria-hidden="true">
        <span>{bars[0]?.label}</span>
        <span>≤ {number.format(most)}</span>
        <span>{bars.at(-1)?.label}</span>
      </p>
      <details>
        <summary>{props.tableLabel}</summary>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{props.labelHeading}</th>
                {series.map((name) => (
                  <th scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars.map(({ label, values }) => (
                <tr>
                  <th scope="row">{label}</th>
                  {values.map((value) => (
                    <td class="number">{number.format(value)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

function Column({
  bar: { label, values },
  index,
  count,
  most,
  series,
}: {
  readonly bar: Bar
  readonly index: number
  readonly count: number
  readonly most: number
  readonly series: readonly string[]
}) {
  const step = WIDTH / count
  const scale = HEIGHT / most
  let bottom = HEIGHT
  return (
    <g>
      <title>{`${label}: ${values.map((value, at) => `${value} ${series[at] ?? ''}`).join(', ')}`}</title>
      {values.map((value, at) => {
        const height = value * scale
        bottom -= height
        return value === 0 ? null : (
          <rect
            class={at === 0 ? undefined : 'second'}
            x={(index * step + step * 0.1).toFixed(1)}
            y={bottom.toFixed(1)}
            width={(step * 0.8).toFixed(1)}
            height={height.toFixed(1)}
          />
        )
      })}
    </g>
  )
}
