/*
 * Passkeys. A form with `data-passkey` holds what to ask the browser for; what the browser answers goes into its field `credential` and
 * the form is sent like any other. Where the browser cannot, or scripts do not run, the form stays hidden and every other way works.
 */
const canUse =
  typeof PublicKeyCredential === 'function' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'

/** A browser waits for one passkey at a time: pressing the button ends the waiting in the name field. */
let waiting = null

async function ask(form, mediation) {
  waiting?.abort()
  waiting = new AbortController()
  const { signal } = waiting
  const options = JSON.parse(form.dataset.options)
  const credential =
    form.dataset.passkey === 'create'
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
          signal,
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
          signal,
          ...(mediation ? { mediation } : {}),
        })
  form.elements.credential.value = JSON.stringify(credential)
  for (const name of ['remember', 'trust']) {
    const chosen = document.getElementById(name)
    if (chosen?.checked && !form.elements[name]) {
      const copy = Object.assign(document.createElement('input'), { type: 'hidden', name, value: '1' })
      form.append(copy)
    }
  }
  // The place in a page, which no server sees: browsers carry that of the address they post to on through the redirects.
  if (form.hasAttribute('action')) form.action = form.action.split('#')[0] + location.hash
  form.submit()
}

/** What went wrong is in the page already; only which of it is told here. */
function tell(form, error) {
  if (error.name === 'AbortError') return
  const kind = error.name === 'InvalidStateError' ? 'exists' : 'failed'
  for (const text of form.querySelectorAll('[data-problem]')) text.hidden = text.dataset.problem !== kind
}

for (const form of canUse ? document.querySelectorAll('form[data-passkey]') : []) {
  form.hidden = false
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    ask(form).catch((error) => tell(form, error))
  })
  if (form.dataset.conditional !== undefined) {
    PublicKeyCredential.isConditionalMediationAvailable?.().then(
      (isThere) => isThere && ask(form, 'conditional').catch(() => undefined),
      () => undefined,
    )
  }
}
for (const text of canUse ? [] : document.querySelectorAll('[data-no-passkey]')) text.hidden = false
