/**
 * An address that may stand in an `href`, `action` or `src`, or `null`: a path on this site, an http(s) address, `mailto:`.
 * Escaping alone does not stop `javascript:` or the `//host` that a browser reads as another site; this does. It does
 * not decide where a visitor may be sent, only what a page may hold.
 */
export function safeHref(address: string | null): string | null {
  if (address === null) return null
  // Browsers drop tabs and line ends inside an address and leading blanks before it: `java\nscript:`, `/\t/host`.
  if (/[\u0000-\u0020\u007f]/.test(address)) return null
  if (/^\/(?![/\\])/.test(address)) return address
  return /^(?:https?:\/\/[^/\\]|mailto:)/i.test(address) && URL.canParse(address) ? address : null
}
