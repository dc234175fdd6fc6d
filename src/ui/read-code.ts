/** What was typed as a code, without the spaces and dashes that mails and people put in. */
export function readCode(text: string): string {
  return text.slice(0, 32).replaceAll(/[\s-]/g, '')
}
