// Quick exit: covers the screen at once, ends the session on the server, and replaces this page with a neutral site.
// Without scripts the same button asks the server to end the session and send the browser on.
{
  const root = document.documentElement
  const exit = document.querySelector('.leave')
  const count = document.getElementById('leave-count')
  const PRESSES = 3
  const PAUSE = 5000
  let presses = 0
  let timer

  const leave = (event) => {
    event?.preventDefault()
    root.classList.add('left')
    document.title = 'Loading'
    document.dispatchEvent(new Event('leaving'))
    try {
      // Says no more than that this tab was left: pages before this one do not come back with an outcome.
      sessionStorage.setItem('left', '1')
    } catch {
      // Storage is switched off; then nothing of it comes back either.
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

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Shift') return forget()
    if (event.repeat) return
    clearTimeout(timer)
    presses += 1
    if (presses >= PRESSES) return leave()
    const left = PRESSES - presses
    count.textContent = `Shift, ${left} more ${left === 1 ? 'time' : 'times'} to leave.`
    timer = setTimeout(forget, PAUSE)
  })

  // A page kept in the browser's memory must not come back with what was written on it: it is fetched anew.
  // Only text that could not be saved yet is worth more than that.
  addEventListener('pagehide', (event) => {
    if (event.persisted && !('dirty' in root.dataset)) root.classList.add('left')
  })
  addEventListener('pageshow', (event) => {
    if (event.persisted && root.classList.contains('left')) location.reload()
  })
}
