import { type Exchange, sendJson, sendPage } from '../exchange.ts'
import { type Content, html } from '../html.ts'
import { layout } from '../layout.ts'
import { decodeAssertion } from '../visitor.ts'

type Kind = 'identity' | 'forwarding' | 'other'
interface ReceivedHeader {
  readonly name: string
  readonly value: string
  readonly kind: Kind
}

const ORDER: readonly Kind[] = ['identity', 'forwarding', 'other']
const TITLES: Readonly<Record<Kind, string>> = {
  identity: 'Who is asking',
  forwarding: 'How the request came',
  other: 'What the browser said',
}

export function showWhoami(exchange: Exchange): void {
  const { visitor, request } = exchange
  const headers = receivedHeaders(request.rawHeaders)
  const claims = decodeAssertion(request.headers['x-auth-assertion'])
  const body = html`
<p class="kicker">Who am I</p>
<h1>${visitor ? visitor.name : 'Nobody in particular'}</h1>
<p class="lead">${
    visitor
      ? 'These are the headers this site received. The highlighted ones were set by the gateway; whatever you send under their names is deleted first.'
      : html`No identity came with this request. <a href="/auth/login?next=/whoami">Sign in</a> and look again, or send
<code>Remote-User: admin</code> yourself: it will not arrive.`
  }</p>
${ORDER.map((kind) =>
  table(
    kind,
    headers.filter((header) => header.kind === kind),
  ),
)}
${
  claims !== null &&
  html`<h2>The assertion, opened</h2>
<p>The payload of <code>X-Auth-Assertion</code>: signed, valid for a minute at most, with keys at
<a href="/auth/.well-known/jwks.json">/auth/.well-known/jwks.json</a>. A careful site verifies it.</p>
<pre tabindex="0"><code>${claims}</code></pre>`
}
<p><a href="/whoami.json">The same as JSON</a></p>`
  sendPage(exchange, layout(exchange, { title: 'Who am I', body }))
}

export function sendWhoami(exchange: Exchange): void {
  const { visitor, request } = exchange
  const claims = decodeAssertion(request.headers['x-auth-assertion'])
  sendJson(exchange, {
    visitor,
    assertion: claims === null ? null : JSON.parse(claims),
    headers: receivedHeaders(request.rawHeaders).map(({ name, value }) => [name, value]),
  })
}

function table(kind: Kind, headers: readonly ReceivedHeader[]): Content {
  if (headers.length === 0) return null
  return html`<h2>${TITLES[kind]}</h2>
<div class="scroll"><table class="headers ${kind}">
<thead><tr><th>Header</th><th>Value</th></tr></thead>
<tbody>${headers.map(({ name, value }) => html`<tr><th scope="row">${name}</th><td><code>${value}</code></td></tr>`)}</tbody>
</table></div>`
}

function receivedHeaders(raw: readonly string[]): readonly ReceivedHeader[] {
  return Array.from({ length: raw.length / 2 }, (_, index) => {
    const name = raw[index * 2] ?? ''
    return { name, value: raw[index * 2 + 1] ?? '', kind: kindOf(name) }
  })
}

function kindOf(name: string): Kind {
  if (/^(remote-|x-auth-)/i.test(name)) return 'identity'
  if (/^(x-forwarded-|x-request-id$|cf-|host$)/i.test(name)) return 'forwarding'
  return 'other'
}
