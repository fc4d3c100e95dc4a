// Shows the questions within one document, so that answers are in no history entry; going back uses memory that ends
// with the page. Exclusive options deselect the others, and hidden follow-ups are cleared. Nothing is stored. The
// outcome page has an encrypted ticket in its history entry, so that a reload shows the outcome again for half an hour,
// unless this tab was left quickly.
{
  const main = document.getElementById('main')
  const first = { main: main.innerHTML, title: document.title }
  /** What was sent for each page after the first. */
  const sent = []

  const show = (html, title) => {
    main.innerHTML = html
    document.title = title
    scrollTo(0, 0)
    document.dispatchEvent(new Event('shown'))
    const target = main.querySelector('[data-summary]') ?? main
    target.focus({ preventScroll: true })
  }

  const ask = async (action, body) => {
    const response = await fetch(action, { method: 'POST', body, headers: { Accept: 'text/html' } })
    if (response.redirected) return location.replace(response.url)
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    show(page.getElementById('main').innerHTML, page.title)
  }

  const ticketHere = () => main.querySelector('[data-again]')?.dataset.again
  const wasLeft = () => {
    try {
      return sessionStorage.getItem('left') !== null
    } catch {
      return false
    }
  }

  /** Shows the outcome of this history entry again, or the first page if it has expired. */
  const showAgain = async () => {
    const { again, ...state } = history.state
    if (wasLeft()) {
      history.replaceState(state, '')
      return show(first.main, first.title)
    }
    main.hidden = true
    try {
      await ask(location.pathname, new URLSearchParams({ outcome: again }))
      if (!ticketHere()) history.replaceState(state, '')
    } finally {
      main.hidden = false
    }
  }

  document.addEventListener('submit', async (event) => {
    const form = event.target
    if (!form.matches('[data-in-place]')) return
    event.preventDefault()
    const body = new URLSearchParams(new FormData(form, event.submitter))
    try {
      sessionStorage.removeItem('left')
    } catch {
      // Storage is disabled, so the tab cannot have been marked as left.
    }
    try {
      await ask(form.action, body)
      sent.push({ action: form.action, body })
      const again = ticketHere()
      history.pushState({ page: sent.length, ...(again && { again }) }, '')
    } catch {
      // No connection: let the browser show its own error.
      form.submit()
    }
  })

  addEventListener('popstate', (event) => {
    const number = event.state?.page ?? 0
    const back = sent[number - 1]
    sent.length = Math.min(sent.length, number)
    if (event.state?.again) showAgain().catch(() => location.reload())
    else if (back) ask(back.action, back.body).catch(() => location.reload())
    else show(first.main, first.title)
  })

  const keepAlone = (input) => {
    for (const other of input.form.elements) {
      if (other === input || other.name !== input.name) continue
      if ('alone' in input.dataset || 'alone' in other.dataset) other.checked = false
    }
  }
  const forgetFollowUps = (form) => {
    for (const follow of form.querySelectorAll('[data-follow]')) {
      if (form.querySelector(`[data-opens~="${follow.dataset.follow}"]:checked`)) continue
      for (const input of follow.querySelectorAll('input')) input.checked = false
    }
  }
  document.addEventListener('change', ({ target }) => {
    const form = target.closest?.('.start-form')
    if (!form) return
    if (target.type === 'checkbox' && target.checked) keepAlone(target)
    forgetFollowUps(form)
  })

  const showPrint = () => {
    for (const row of main.querySelectorAll('[data-print]')) row.hidden = false
  }
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-do="print"]')) print()
    // Scrolls by script, because following the link would add a history entry.
    const link = event.target.closest?.('#main a[href^="#"]')
    const place = link && document.getElementById(link.getAttribute('href').slice(1))
    if (!place) return
    event.preventDefault()
    place.focus()
  })
  document.addEventListener('shown', showPrint)
  showPrint()
  if (history.state?.again) showAgain().catch(() => {})
  main.querySelector('[data-summary]')?.focus()
}
