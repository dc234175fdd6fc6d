import { type Exchange, sendPage } from '../exchange.ts'
import { html } from '../html.ts'
import { layout } from '../layout.ts'

export function showAdmin(exchange: Exchange): void {
  const body = html`
<p class="kicker">Settings</p>
<h1>The yard office</h1>
<p class="lead">Only who carries the role <code>admin</code> gets here. The site itself checks nothing: the rule is the gateway’s.</p>
<form class="panel">
<fieldset disabled>
<legend>Pretend settings</legend>
<label for="name">Name of the yard</label>
<input id="name" value="Harbour & Lark">
<label for="tea">Tea breaks a day</label>
<input id="tea" type="number" value="5">
<label class="check"><input type="checkbox" checked> Chisels may be borrowed</label>
<label class="check"><input type="checkbox"> Chisels have been returned</label>
</fieldset>
</form>`
  sendPage(exchange, layout(exchange, { title: 'Settings', body }))
}
