/** Listens to the harbour feed and talks in the tea-room. Text is only ever set as text. */
const status = document.querySelector('[data-status]')
const feed = document.querySelector('[data-feed]')
const chat = document.querySelector('[data-chat]')

function say(text, state) {
  status.textContent = text
  status.dataset.state = state
}

function element(name, text, className) {
  const node = document.createElement(name)
  node.textContent = text
  if (className) node.className = className
  return node
}

function clock(date) {
  return date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

function listen() {
  const source = new EventSource(feed.dataset.feed)
  source.addEventListener('open', () => say('Listening', 'on'))
  source.addEventListener('error', () => say('Lost the connection, trying again…', 'off'))
  source.addEventListener('reading', (event) => {
    const { at, tideMetres, wind } = JSON.parse(event.data)
    const line = document.createElement('li')
    line.append(
      element('time', clock(new Date(at))),
      element('span', `${wind}`),
      element('b', `${tideMetres.toFixed(2)} m`),
    )
    feed.prepend(line)
    while (feed.children.length > 12) feed.lastElementChild.remove()
  })
}

function talk() {
  const address = new URL(chat.dataset.chat, location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  const socket = new WebSocket(address)
  const form = document.querySelector('[data-say]')
  socket.addEventListener('open', () => say('Connected', 'on'))
  socket.addEventListener('close', (event) => say(`Closed (${event.code}). Reload to come back.`, 'off'))
  socket.addEventListener('message', (event) => {
    const { type, from, text, present } = JSON.parse(event.data)
    const line = document.createElement('li')
    if (type === 'said') line.append(element('b', from), element('span', text))
    else line.append(element('i', `${from} ${type === 'joined' ? 'came in' : 'left'}; ${present} here`))
    chat.append(line)
    line.scrollIntoView({ block: 'nearest' })
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (socket.readyState === WebSocket.OPEN && form.elements.text.value.trim())
      socket.send(form.elements.text.value)
    form.reset()
  })
}

if (feed) listen()
if (chat) talk()
