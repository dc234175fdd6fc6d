import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSealer } from '../../src/lib/seal.ts'

const key = (byte: number) => new Uint8Array(32).fill(byte)
const sealerWith = (...bytes: number[]) => createSealer(async () => bytes.map(key))

it('opens what it sealed, for the same context only', async () => {
  const sealer = sealerWith(1)
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (text, context) => {
      const sealed = await sealer.seal(text, context)
      expect(await sealer.open(sealed, context)).toBe(text)
      expect(await sealer.open(sealed, `${context}.`)).toBeNull()
    }),
    { numRuns: 50 },
  )
})

it('opens under a key that is being rotated out, and not under another', async () => {
  const sealed = await sealerWith(1).seal('text', 'row')
  expect(await sealerWith(2, 1).open(sealed, 'row')).toBe('text')
  expect(await sealerWith(2).open(sealed, 'row')).toBeNull()
})

it('seals the same text differently each time', async () => {
  const sealer = sealerWith(1)
  expect(await sealer.seal('text', 'row')).not.toBe(await sealer.seal('text', 'row'))
})

it('refuses whatever was changed by one character', async () => {
  const sealer = sealerWith(1)
  const sealed = await sealer.seal('text', 'row')
  for (let at = 0; at < sealed.length - 1; at++) {
    const other = sealed[at] === 'A' ? 'B' : 'A'
    expect(await sealer.open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'row')).toBeNull()
  }
})

it.each(['', '.', 'a', 'AAAA', '..', 'AAAAAAAAAAAAAAAA.', '!.!', 'AAAAAAAAAAAAAAAA.AAAA.AAAA'])(
  'P2: answers %j with nothing',
  async (sealed) => {
    expect(await sealerWith(1).open(sealed, 'row')).toBeNull()
  },
)
