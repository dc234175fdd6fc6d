/**
 * Names come from people and directories. A bidi override (U+202E) inside one would reorder the sentence around it
 * ("Trojan Source", CVE-2021-42574) and a control character would vanish; both become the replacement character, so that
 * a strange name looks strange.
 */
export function visibleText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')
}
