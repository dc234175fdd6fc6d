import { type Exchange, sendPage } from '../exchange.ts'
import { type Content, html } from '../html.ts'
import { layout } from '../layout.ts'

/** An account that a visitor of the demonstration may try. */
export interface DemoAccount {
  readonly identifier: string
  readonly password: string
  readonly note: string
}

interface Door {
  readonly path: string
  readonly title: string
  readonly text: string
  readonly needs: string
  readonly kind: 'open' | 'locked' | 'admin'
}

const DOORS: readonly Door[] = [
  {
    path: '/about',
    title: 'About the yard',
    text: 'Who we are and where to find us. No one is asked for a name here.',
    needs: 'Open to all',
    kind: 'open',
  },
  {
    path: '/members/',
    title: 'The members’ area',
    text: 'Directory, notices, a live feed, a chat and the guestbook.',
    needs: 'Needs a login',
    kind: 'locked',
  },
  {
    path: '/admin/',
    title: 'Settings',
    text: 'The yard office. Sign in without the role and the gateway says no.',
    needs: 'Needs the role “admin”',
    kind: 'admin',
  },
]

export function showHome(exchange: Exchange, accounts: readonly DemoAccount[]): void {
  const { visitor } = exchange
  const body = html`
<section class="hero">
<div>
<p class="kicker">${visitor ? 'Good to see you' : 'The intranet of'}</p>
<h1>${visitor ? visitor.name : html`Harbour <i>&</i> Lark`}</h1>
<p class="lead">Wooden boats, built slowly since 1968. Tides, rosters and the list of who borrowed the good chisels
live here.</p>
<p class="actions">${
    visitor
      ? html`<a class="button" href="/members/">Go to the members’ area</a>`
      : html`<a class="button" href="/auth/login?next=/members/">Sign in</a>`
  }<a class="button quiet" href="/about">About the yard</a></p>
</div>
<img src="/assets/harbour.svg" alt="" width="480" height="360">
</section>
<section aria-labelledby="doors">
<h2 id="doors">Three doors</h2>
<ul class="cards">${DOORS.map(door)}</ul>
</section>
${!visitor && accounts.length > 0 && tryIt(accounts)}`
  sendPage(exchange, layout(exchange, { title: '', body }))
}

function door({ path, title, text, needs, kind }: Door): Content {
  return html`<li class="card"><p class="badge ${kind}">${needs}</p><h3><a href="${path}">${title}</a></h3><p>${text}</p></li>`
}

function tryIt(accounts: readonly DemoAccount[]): Content {
  return html`<section aria-labelledby="try">
<h2 id="try">Try it</h2>
<div class="scroll"><table class="accounts">
<thead><tr><th>Sign in as</th><th>Password</th><th>May open</th></tr></thead>
<tbody>${accounts.map(
    (account) =>
      html`<tr><td><code>${account.identifier}</code></td><td><code>${account.password}</code></td><td>${account.note}</td></tr>`,
  )}</tbody>
</table></div>
</section>`
}
