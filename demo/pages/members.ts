import { type Exchange, sendPage } from '../exchange.ts'
import { type Content, html } from '../html.ts'
import { initials, layout } from '../layout.ts'

const PLACES = [
  ['/members/directory', 'Directory', 'Who works here, and at what.'],
  ['/members/notes', 'Notices', 'What everybody should know this week.'],
  ['/members/live', 'Harbour feed', 'Wind and tide as they change, over server-sent events.'],
  ['/members/chat', 'Tea-room', 'A chat over a WebSocket. Open it twice.'],
  ['/members/guestbook', 'Guestbook', 'A form to post and a file to upload.'],
  ['/admin/', 'Settings', 'For admins. Others meet a friendly 403.'],
] as const

const PEOPLE = [
  ['Agnes Harbour', 'Founder, lofting', 'Mould loft'],
  ['Tomás Lark', 'Founder, retired twice', 'Wherever the kettle is'],
  ['Zoë Okafor', 'Rigging', 'Sail shed'],
  ['佐藤 ひかる', 'Joinery', 'Shop two'],
  ['Søren Ellery', 'Engines, reluctantly', 'Shop one'],
  ['Priya Nair', 'Office, orders, order', 'Rope Walk 3'],
] as const

const NOTES = [
  ['Monday', 'Launch of the Kestrel', 'High water at 11:40. Hands needed on the slip from ten; cake after.'],
  ['Wednesday', 'Steam box out of order', 'The gasket again. Søren has ordered two this time.'],
  ['Friday', 'Evening class', 'Week four: spiling. Bring your own pencil and forgive the battens.'],
] as const

export function showMembers(exchange: Exchange): void {
  const body = html`
<p class="kicker">Members</p>
<h1>${exchange.visitor ? `Hello, ${exchange.visitor.name}` : 'The members’ area'}</h1>
<p class="lead">You are here because the gateway knows you. The site learned your name from a request header.</p>
<ul class="cards">${PLACES.map(
    ([path, title, text]) =>
      html`<li class="card"><h3><a href="${path}">${title}</a></h3><p>${text}</p></li>`,
  )}</ul>`
  sendPage(exchange, layout(exchange, { title: 'Members', body }))
}

export function showDirectory(exchange: Exchange): void {
  const body = html`
${backToMembers}
<h1>Directory</h1>
<ul class="people">${PEOPLE.map(
    ([name, does, where]) => html`<li><span class="avatar" aria-hidden="true">${initials(name)}</span>
<span><b>${name}</b><br>${does}</span><span class="where">${where}</span></li>`,
  )}</ul>`
  sendPage(exchange, layout(exchange, { title: 'Directory', body }))
}

export function showNotes(exchange: Exchange): void {
  const body = html`
${backToMembers}
<h1>Notices</h1>
<ol class="notes">${NOTES.map(
    ([day, title, text]) => html`<li><p class="kicker">${day}</p><h2>${title}</h2><p>${text}</p></li>`,
  )}</ol>`
  sendPage(exchange, layout(exchange, { title: 'Notices', body }))
}

export const backToMembers: Content = html`<p class="back"><a href="/members/">Members</a></p>`
