/** A colour as three channels from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

export const BLACK: Rgb = [0, 0, 0]
export const WHITE: Rgb = [255, 255, 255]

/** Reads `#rgb` or `#rrggbb`; `null` for anything else. Other notations could carry CSS of their own. */
export function parseHex(text: string): Rgb | null {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1]
  if (digits === undefined) return null
  const full = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as unknown as Rgb
}

export function formatHex(color: Rgb): string {
  return `#${color.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`
}

/** Contrast from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(a: Rgb, b: Rgb): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

/** White where it is readable (4.5), else black, which then always is: no colour fails both. */
export function textOn(background: Rgb): Rgb {
  return contrast(WHITE, background) >= 4.5 ? WHITE : BLACK
}

/** The colour closest to `color`, towards black or white, that stands out from `background` by `ratio` (at most 4.5). */
export function standOut(color: Rgb, background: Rgb, ratio: number): Rgb {
  const pole = textOn(background)
  for (let step = 0; step < 20; step++) {
    const candidate = mix(color, pole, step / 20)
    if (contrast(candidate, background) >= ratio) return candidate
  }
  return pole
}

/** `amount` of `b` in `a`, from 0 to 1, rounded to what hexadecimal notation can say. */
export function mix(a: Rgb, b: Rgb, amount: number): Rgb {
  return a.map((channel, i) => Math.round(channel + ((b[i] ?? 0) - channel) * amount)) as unknown as Rgb
}

/** WCAG 2.2, "relative luminance". */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
