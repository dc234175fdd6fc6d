/**
 * `/auth/assets/relogin.js`: what a single-page app includes so that an ended session costs its user a window, not their work. Plain
 * JavaScript as browsers get it; docs/single-page-apps.md tells the app's side of it.
 *
 * The login page parts itself from whoever opened it (Cross-Origin-Opener-Policy), so neither messages nor `closed` say how it ended:
 * the session does. Nothing that another window sends is listened to.
 */
export const RELOGIN = `// Edgegate: on 401, signs in again in a window of its own, then repeats the request.
(() => {
  const base = new URL('..', document.currentScript.src).href
  const end = '?next=' + encodeURIComponent(new URL(base).pathname + 'signed-in')
  const send = window.fetch.bind(window)
  const waiting = {}
  let opened = 0

  async function isSignedIn(fresh) {
    const answer = await send(base + 'api/session', { credentials: 'include', cache: 'no-store' })
    const { authenticated, session } = await answer.json()
    return authenticated && (!fresh || session.fresh)
  }

  async function wait(fresh) {
    for (const last = Date.now() + 600000; Date.now() < last; ) {
      await new Promise((go) => setTimeout(go, 1000))
      if (await isSignedIn(fresh).catch(() => false)) return true
    }
  }

  window.fetch = async (input, init) => {
    const request = new Request(input, init)
    const again = request.clone()
    const answer = await send(request)
    if (answer.status !== 401 || !/^application\\/problem\\+json/.test(answer.headers.get('content-type'))) return answer
    const { login_url, code } = await answer.clone().json().catch(() => ({}))
    // Only the gateway that this script came from is believed.
    if (!String(login_url).startsWith(base)) return answer
    const fresh = code === 'insufficient_user_authentication'
    const open = () => window.open(login_url + end, '_blank', 'popup,width=480,height=720')
    // One window a click. A later click may open another: nothing tells when one was closed.
    if (!waiting[fresh] || (navigator.userActivation?.isActive && Date.now() > opened + 5000)) {
      opened = Date.now()
      const event = new CustomEvent('edgegate:login', { cancelable: true, detail: { open } })
      if (dispatchEvent(event) && !open()) return answer
    }
    waiting[fresh] ??= wait(fresh).finally(() => delete waiting[fresh])
    return (await waiting[fresh]) ? send(again) : answer
  }
})()
`
