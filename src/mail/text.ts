import type { Rendered } from './render.tsx'

/** The plain part: what a screen reader, a watch and a careful person read. The link stands on a line of its own. */
export function renderText({ siteName, siteUrl, content, button }: Rendered): string {
  const blocks = [
    content.heading,
    ...content.paragraphs,
    ...(content.code === undefined ? [] : [`    ${content.code}`]),
    ...(button ? [`${button.label}:\n${button.href}`] : []),
    ...(content.facts?.length
      ? [content.facts.map(({ label, value }) => `${label}: ${value}`).join('\n')]
      : []),
    // RFC 3676 section 4.3: mail programs fold away what follows this line.
    `-- \n${content.reason}\n${siteName}, ${siteUrl}`,
  ]
  return `${blocks.join('\n\n')}\n`
}
