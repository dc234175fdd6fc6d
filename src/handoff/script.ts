/**
 * The one script of this capability, a file of its own so that the pages need no inline script. Pages work without it: then the browser
 * loads the waiting page again, and the visitor presses the button that this presses.
 */
export const WAITING_SCRIPT = `'use strict'
const finish = document.querySelector('form[data-finish]')
const waiting = document.querySelector('[data-state]')
if (finish) finish.requestSubmit()
if (waiting) ask(2000)

function ask(wait) {
  setTimeout(async () => {
    if (document.hidden) return ask(wait)
    try {
      const response = await fetch(waiting.dataset.state, { headers: { accept: 'application/json' } })
      if (response.ok && (await response.json()).state !== 'waiting') return location.reload()
      ask(2000)
    } catch {
      ask(Math.min(wait * 2, 30000))
    }
  }, wait)
}
`
