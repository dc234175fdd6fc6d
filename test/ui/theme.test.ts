import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrast, parseHex, type Rgb } from '../../src/ui/color.ts'
import { darkPalette, lightPalette, type Palette } from '../../src/ui/palette.ts'
import { checkColor, compileTheme } from '../../src/ui/theme.ts'
import { SITE } from './sample-pages.ts'

const channel = fc.integer({ min: 0, max: 255 })
const color: fc.Arbitrary<Rgb> = fc.tuple(channel, channel, channel)

function ratio(palette: Palette, a: keyof Palette, b: keyof Palette): number {
  return contrast(parseHex(palette[a]) ?? [0, 0, 0], parseHex(palette[b]) ?? [0, 0, 0])
}

describe('palette', () => {
  it('is readable around any brand colour, light and dark (WCAG 1.4.3, 1.4.11)', () => {
    fc.assert(
      fc.property(color, (accent) => {
        for (const palette of [lightPalette(accent), darkPalette(accent)]) {
          expect(ratio(palette, 'on', 'accent')).toBeGreaterThanOrEqual(4.5)
          expect(ratio(palette, 'on', 'hover')).toBeGreaterThanOrEqual(4.5)
          for (const surface of ['page', 'card'] as const) {
            expect(ratio(palette, 'link', surface)).toBeGreaterThanOrEqual(4.5)
            expect(ratio(palette, 'text', surface)).toBeGreaterThanOrEqual(7)
            expect(ratio(palette, 'muted', surface)).toBeGreaterThanOrEqual(4.5)
            expect(ratio(palette, 'bad', surface)).toBeGreaterThanOrEqual(4.5)
          }
          expect(ratio(palette, 'edge', 'card')).toBeGreaterThanOrEqual(3)
          expect(ratio(palette, 'frame', 'card')).toBeGreaterThanOrEqual(3)
          expect(ratio(palette, 'frame', 'field')).toBeGreaterThanOrEqual(3)
          expect(ratio(palette, 'muted', 'badcard')).toBeGreaterThanOrEqual(4.5)
          for (const tone of ['bad', 'note', 'good'] as const)
            expect(ratio(palette, tone, `${tone}card`)).toBeGreaterThanOrEqual(4.5)
        }
      }),
    )
  })

  it('keeps a brand colour that is already visible', () => {
    expect(lightPalette([0x24, 0x56, 0xe6]).accent).toBe('#2456e6')
    expect(darkPalette([0xff, 0x5a, 0x1f]).accent).toBe('#ff5a1f')
  })
})

describe('checkColor', () => {
  it('takes hexadecimal colours and nothing that could carry CSS', () => {
    for (const good of ['#fff', '#2456E6']) expect(checkColor(good)).toBeNull()
    for (const bad of ['red', '#ffff', '#12345g', '#fff;}', 'rgb(0,0,0)', 'var(--x)', '', '#fff\n', ' #fff'])
      expect(checkColor(bad), bad).toContain('hexadecimal')
  })

  it('is not to be skipped', async () => {
    await expect(compileTheme({ ...SITE, colors: { accent: '}*{', accentDark: null } })).rejects.toThrow(
      TypeError,
    )
    await expect(compileTheme({ ...SITE, colors: { accent: '#fff', accentDark: 'x' } })).rejects.toThrow(
      TypeError,
    )
  })
})

describe('compileTheme', () => {
  it('draws the first letter of the name, of any script, and needs no letter at all', async () => {
    const initials = { ' acme': 'A', østfold: 'Ø', 東京: '東', '„Über”': 'Ü', ßtest: 'S', '…': '' }
    for (const [name, initial] of Object.entries(initials))
      expect((await compileTheme({ ...SITE, name })).initial).toBe(initial)
  })

  it('leaves out links and logos whose address no page may hold', async () => {
    const theme = await compileTheme({
      ...SITE,
      logoUrl: 'javascript:1',
      links: [
        { label: 'Bad', url: 'javascript:1' },
        { label: 'Good', url: 'https://acme.example/' },
      ],
    })
    expect(theme.logoUrl).toBeNull()
    expect(theme.links).toEqual([{ label: 'Good', href: 'https://acme.example/' }])
  })
})
