import { cleanName, normalizeEmail } from '../user/identifier.ts'

/** `address` or `Name <address>`. The name may not hold what would end it in a header. */
export function parseMailAddress(
  text: string,
): { readonly name: string | null; readonly address: string } | null {
  const [, name, inner] = /^([^<>"]*)<([^<>]+)>$/.exec(text.trim()) ?? []
  const address = normalizeEmail(inner ?? text)
  if (address === null) return null
  if (name === undefined || name.trim() === '') return { name: null, address }
  const clean = cleanName(name)
  return clean === null ? null : { name: clean, address }
}
