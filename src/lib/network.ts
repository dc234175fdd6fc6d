/**
 * The network a visitor is counted under: an IPv4 address, or the /64 of an IPv6 address (RFC 6177: one customer holds at
 * least that much), in one canonical spelling whatever the input looked like. `null` for anything that is not an address.
 */
export function networkOf(address: string): string | null {
  // One visitor asks many times in a row.
  if (address !== last.address) last = { address, network: read(address) }
  return last.network
}

let last: { readonly address: string; readonly network: string | null } = { address: '', network: null }

function read(address: string): string | null {
  if (address.includes(':')) return ipv6Prefix(address)
  return isIpv4(address) ? address : null
}

function isIpv4(address: string): boolean {
  const parts = address.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

function ipv6Prefix(address: string): string | null {
  // The parser drops tabs and line ends, and `::1]/x` would be read as far as the bracket.
  if (!/^[0-9a-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]/`)) return null
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const groups =
    tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right]
  // IPv4-mapped addresses (RFC 4291 section 2.5.5.2) are that IPv4 address.
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') {
    const [high, low] = groups.slice(6).map((group) => Number.parseInt(group, 16)) as [number, number]
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}
