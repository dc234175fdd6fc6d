import { type Exchange, sendPage } from '../exchange.ts'
import { html } from '../html.ts'
import { layout } from '../layout.ts'

export function showNotFound(exchange: Exchange): void {
  const isGateways = exchange.path === '/auth' || exchange.path.startsWith('/auth/')
  const body = html`<article class="prose">
<p class="kicker">404</p>
<h1>Nothing moored here</h1>
<p class="lead">${
    isGateways
      ? 'This site has no login of its own. You have reached it directly; open it through the gateway instead.'
      : 'The page you asked for has slipped its lines.'
  }</p>
<p><a class="button quiet" href="/">Back to the quay</a></p>
</article>`
  sendPage(exchange, layout(exchange, { title: 'Not found', body }), 404)
}
