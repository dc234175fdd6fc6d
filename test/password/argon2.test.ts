import { expect, it } from 'vitest'
import { toHex } from '../../src/lib/encoding.ts'
import { createWasmArgon2id } from '../../src/password/argon2-wasm.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const argon2 = createWasmArgon2id()

/** The first three are from test.c of the reference implementation; the others were made with Node's argon2Sync. */
it.each([
  ['password', 'somesalt', 65_536, 2, 1, '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
  ['password', 'somesalt', 256, 2, 1, '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'],
  ['password', 'somesalt', 256, 2, 2, '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037'],
  [
    'пароль 🔑 ключ',
    'sixteen byte salt',
    19_456,
    2,
    1,
    'd31f5fae79a5972de43d6d290e39ce052122e25d290c6af4f37faabe0864e3e5',
  ],
  ['nul\0inside', 'somesalt', 64, 3, 4, 'c864ff40da30f5b47c06fa17311d4529'],
  ['', 'somesalt', 64, 1, 1, '1c52926f8d62e9fe93c74ac27f3e6fc68c8d5b09cd1f9b6272945209dafc3d76'],
])('hashes %j with %j, m=%d t=%d p=%d like everybody else', async (password, salt, m, t, p, tag) => {
  const params = { memoryKib: m, iterations: t, parallelism: p, tagBytes: tag.length / 2 }
  expect(toHex(await argon2(bytes(password), bytes(salt), params))).toBe(tag)
})

it('goes on after parameters that the algorithm does not have', async () => {
  const params = { memoryKib: 64, iterations: 1, parallelism: 1, tagBytes: 32 }
  await expect(argon2(bytes('x'), bytes('short'), params)).rejects.toThrow('argon2')
  await expect(argon2(bytes('x'), bytes('somesalt'), { ...params, iterations: 0 })).rejects.toThrow('argon2')
  expect(toHex(await argon2(bytes(''), bytes('somesalt'), params))).toBe(
    '1c52926f8d62e9fe93c74ac27f3e6fc68c8d5b09cd1f9b6272945209dafc3d76',
  )
})

it('hashes every byte of passwords beyond ASCII', async () => {
  const params = { memoryKib: 64, iterations: 1, parallelism: 1, tagBytes: 32 }
  const [a, b] = ['🔑'.repeat(127), '🔑'.repeat(127)].map((start, index) =>
    bytes(start + ['🌊', '🌋'][index]),
  )
  const tags = await Promise.all(
    [a, b].map((password) => argon2(password ?? bytes(''), bytes('somesalt'), params)),
  )
  expect(toHex(tags[0] ?? bytes(''))).not.toBe(toHex(tags[1] ?? bytes('')))
})
