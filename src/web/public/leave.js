// Quick exit: covers the screen at once, ends the session on the server, and replaces the page with a neutral site.
// Without scripts, the same button submits a form that does this on the server.
{
  const root = document.documentElement
  const exit = document.querySelector('.leave')
  const count = document.getElementById('leave-count')
  const words = JSON.parse(count?.dataset.words ?? '{}')
  const PAUSE = 5000
  let presses = 0
  let timer

  // What library.js and read-before.js remember.
  const forgetRead = () => {
    try {
      for (const key of ['read', 'seen']) localStorage.removeItem(key)
    } catch {
      // Storage is disabled, so nothing was remembered.
    }
  }
  for (const form of document.querySelectorAll('form[action$="/session/end"]'))
    form.addEventListener('submit', forgetRead)

  const leave = (event) => {
    event?.preventDefault()
    root.classList.add('left')
    document.title = words.loading
    document.dispatchEvent(new Event('leaving'))
    forgetRead()
    try {
      // Records only that this tab was left, so that earlier pages do not show an outcome again.
      sessionStorage.setItem('left', '1')
    } catch {
      // Storage is disabled, so no outcome can be shown again either.
    }
    try {
      fetch(exit.dataset.session, {
        method: 'POST',
        keepalive: true,
        headers: { Accept: 'application/json' },
      }).catch(() => {})
    } finally {
      location.replace(exit.dataset.exit)
    }
  }

  const forget = () => {
    presses = 0
    count.textContent = ''
  }

  for (const link of document.querySelectorAll('[data-leave]')) link.addEventListener('click', leave)

  const countShift = (event) => {
    if (event.key !== 'Shift') return forget()
    if (event.repeat) return
    clearTimeout(timer)
    const said = words.counts[presses]
    if (said === undefined) return leave()
    presses += 1
    count.textContent = said
    timer = setTimeout(forget, PAUSE)
  }
  // Not every course has the button.
  if (exit) document.addEventListener('keydown', countShift)

  // A page restored from the back/forward cache must not show what was written, so it is reloaded, unless it has
  // unsaved text.
  addEventListener('pagehide', (event) => {
    if (event.persisted && !('dirty' in root.dataset)) root.classList.add('left')
  })
  addEventListener('pageshow', (event) => {
    if (event.persisted && root.classList.contains('left')) location.reload()
  })
}
