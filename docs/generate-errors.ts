import { ERRORS } from '../src/errors.ts'

/** docs/errors.md */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, title, fix }]) => `| \`${code}\` | ${status} | ${title} | ${fix} |`,
  )
  return `# Errors

Generated from \`src/errors.ts\` by \`npm run docs\`; do not edit.

Programs get \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`code\` and, where there is more to say,
\`detail\`, \`errors\` (one entry per field), \`login_url\` and \`request_id\`. Browsers that navigate get a page. A code never changes
its meaning.

| code | status | title | what to do |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}
