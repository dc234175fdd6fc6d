import { type Exchange, sendPage } from '../exchange.ts'
import { html } from '../html.ts'
import { layout } from '../layout.ts'

export function showAbout(exchange: Exchange): void {
  const body = html`
<article class="prose">
<p class="kicker">About</p>
<h1>A yard of twenty-three</h1>
<p class="lead">Agnes Harbour and Tom Lark launched their first dinghy in the spring of 1968. It leaked. The second did not.</p>
<p>Today we build four or five hulls a year, mend many more, and teach two evening classes in which nobody has yet lost a
finger. The slip is at the end of Rope Walk; the kettle is always on.</p>
<dl class="facts">
<div><dt>Founded</dt><dd>1968</dd></div>
<div><dt>Hulls launched</dt><dd>214</dd></div>
<div><dt>Still afloat</dt><dd>209</dd></div>
</dl>
<p>This page is <em>public</em>: the gateway forwards the request without looking at who is asking, and tells the site
nothing about it.</p>
</article>`
  sendPage(exchange, layout(exchange, { title: 'About', body }))
}
