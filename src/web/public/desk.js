// Asks for the figures of today again while the page is visible. Without scripts, reloading does the same.
{
  const EVERY_MS = 15_000
  const figures = document.getElementById('figures')

  const refresh = async () => {
    // Whoever has moved to a number with the keyboard would lose the place.
    if (document.hidden || figures.contains(document.activeElement)) return
    try {
      const response = await fetch(figures.dataset.figures)
      // The session is over: the page shows where to sign in.
      if (response.redirected) location.reload()
      else if (response.ok) figures.innerHTML = await response.text()
    } catch {
      // The site is restarting or out of reach; the time below the figures says how old they are.
    }
  }

  setInterval(refresh, EVERY_MS)
  document.addEventListener('visibilitychange', refresh)
}
