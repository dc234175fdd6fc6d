import { BLACK, formatHex, mix, type Rgb, standOut, textOn, WHITE } from './color.ts'

/** The colours of one scheme, as CSS custom properties without the dashes. Every pair that carries meaning meets WCAG AA. */
export type Palette = Readonly<
  Record<keyof typeof LIGHT | 'accent' | 'hover' | 'on' | 'edge' | 'link', string>
>

const LIGHT = {
  page: '#f5f6f8',
  card: '#ffffff',
  text: '#171a21',
  muted: '#59616e',
  line: '#e2e5ea',
  field: '#ffffff',
  frame: '#868d99',
  bad: '#b42318',
  badcard: '#fef3f2',
  badline: '#f5c6c1',
  note: '#1d4f91',
  notecard: '#eff5fc',
  noteline: '#c5d8f0',
  good: '#1a6b3c',
  goodcard: '#eef8f1',
  goodline: '#bfe0cb',
}

const DARK: Readonly<Record<keyof typeof LIGHT, string>> = {
  page: '#0d0f13',
  card: '#15181e',
  text: '#eceef2',
  muted: '#a1a9b6',
  line: '#272c35',
  field: '#0f1217',
  frame: '#6c7483',
  bad: '#ff9d94',
  badcard: '#2a1513',
  badline: '#5c2a25',
  note: '#9cc5f8',
  notecard: '#111f31',
  noteline: '#25436a',
  good: '#86d9a5',
  goodcard: '#10241a',
  goodline: '#235138',
}

const LIGHT_CARD: Rgb = [0xff, 0xff, 0xff]
const LIGHT_PAGE: Rgb = [0xf5, 0xf6, 0xf8]
const DARK_CARD: Rgb = [0x15, 0x18, 0x1e]

/** The light scheme around a brand colour. */
export function lightPalette(accent: Rgb): Palette {
  return { ...LIGHT, ...brand(accent, LIGHT_CARD, LIGHT_PAGE) }
}

/** The dark scheme. A brand colour that was chosen for white paper is lightened until it stands out from dark. */
export function darkPalette(accent: Rgb): Palette {
  return { ...DARK, ...brand(standOut(accent, DARK_CARD, 3), DARK_CARD, DARK_CARD) }
}

function brand(accent: Rgb, card: Rgb, page: Rgb) {
  const on = textOn(accent)
  return {
    accent: formatHex(accent),
    // Away from the text on it, so that hovering never costs contrast.
    hover: formatHex(mix(accent, on === WHITE ? BLACK : WHITE, 0.12)),
    on: formatHex(on),
    // A pale brand colour on white would leave a button without an edge (WCAG 1.4.11).
    edge: formatHex(standOut(accent, card, 3)),
    link: formatHex(standOut(accent, page, 4.5)),
  }
}
