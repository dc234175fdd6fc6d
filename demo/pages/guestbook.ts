import { createHash } from 'node:crypto'
import { type Exchange, seeOther, sendPage } from '../exchange.ts'
import { type Content, html } from '../html.ts'
import { layout } from '../layout.ts'
import { readFormData } from '../read-form.ts'
import { backToMembers } from './members.ts'

const PATH = '/members/guestbook'
const MAX_ENTRIES = 50
const MAX_TEXT = 500

interface Entry {
  readonly from: string
  readonly at: string
  readonly text: string | null
  readonly file: { readonly name: string; readonly bytes: number; readonly sha256: string } | null
}

/** Pages and posts of the guestbook. It lives in memory; uploads are counted and hashed, not kept. */
export function createGuestbook() {
  const entries: Entry[] = [
    { from: 'Agnes Harbour', at: '1968-04-20T10:00:00Z', text: 'Floats!', file: null },
  ]

  function add(exchange: Exchange, entry: Pick<Entry, 'text' | 'file'>): void {
    entries.unshift({ ...entry, from: exchange.visitor?.name ?? 'Somebody', at: new Date().toISOString() })
    entries.length = Math.min(entries.length, MAX_ENTRIES)
    seeOther(exchange, PATH)
  }

  return {
    show: (exchange: Exchange) => show(exchange, entries),

    async sign(exchange: Exchange) {
      const form = await readFormData(exchange.request)
      const text = form?.get('text')
      if (typeof text !== 'string' || text.trim() === '')
        return show(exchange, entries, 'Please write something first.')
      return add(exchange, { text: text.trim().slice(0, MAX_TEXT), file: null })
    },

    async upload(exchange: Exchange) {
      const form = await readFormData(exchange.request)
      const file = form?.get('file')
      if (!(file instanceof File) || file.name === '') {
        return show(exchange, entries, 'Please choose a file of up to 10 MB.')
      }
      const bytes = Buffer.from(await file.arrayBuffer())
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return add(exchange, { text: null, file: { name: file.name, bytes: bytes.length, sha256 } })
    },
  }
}

function show(exchange: Exchange, entries: readonly Entry[], problem?: string): void {
  const body = html`
${backToMembers}
<h1>Guestbook</h1>
${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
<div class="columns">
<form class="panel" method="post" action="${PATH}">
<label for="text">Your line</label>
<textarea id="text" name="text" rows="3" maxlength="${MAX_TEXT}" required></textarea>
<button class="button">Sign the book</button>
</form>
<form class="panel" method="post" action="${PATH}/upload" enctype="multipart/form-data">
<label for="file">A file</label>
<input id="file" name="file" type="file" required>
<p class="hint">It is hashed and forgotten: compare the sum to see that it arrived whole.</p>
<button class="button">Upload</button>
</form>
</div>
<ol class="notes">${entries.map(showEntry)}</ol>`
  sendPage(exchange, layout(exchange, { title: 'Guestbook', body }), problem === undefined ? 200 : 400)
}

function showEntry({ from, at, text, file }: Entry): Content {
  return html`<li><p class="kicker">${from}, <time datetime="${at}">${at.slice(0, 16).replace('T', ' ')}</time></p>
${text !== null && html`<p class="line">${text}</p>`}
${file !== null && html`<p class="line">${file.name} (${file.bytes.toLocaleString('en')} bytes)<br><code>${file.sha256}</code></p>`}</li>`
}
