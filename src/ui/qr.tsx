import { encode } from 'uqr'

/** Modules of white around the code (ISO/IEC 18004 asks for four). */
const QUIET = 4

/** A text as a QR code: one inline drawing, black on white in any colour scheme, as cameras want it. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { ecc: 'L', border: 0 })
  const side = size + 2 * QUIET
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path d={`M0 0h${side}v${side}H0z`} fill="#fff" />
      <path d={data.map(rowPath).join('')} fill="#000" />
    </svg>
  )
}

/** The dark modules of a row, joined where they touch. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue
    const from = x
    while (row[x + 1]) x++
    const width = x + 1 - from
    path += `M${from + QUIET} ${y + QUIET}h${width}v1h-${width}z`
  }
  return path
}
