// Opens a lesson that was read in this browser at its exercise. Only the code of the page is kept, in this browser; the
// pages of discreet mode do not load this.
{
  const KEY = 'seen'
  const MOST = 100
  const exercise = document.getElementById('exercise')
  const code = exercise.dataset.lesson

  const stored = () => {
    try {
      const codes = JSON.parse(localStorage.getItem(KEY))
      return Array.isArray(codes) ? codes : []
    } catch {
      return []
    }
  }

  const open = () => {
    const heading = document.getElementById('exercise-title')
    const note = document.getElementById('opened-here')
    note.hidden = false
    heading.setAttribute('aria-describedby', note.id)
    // At once, also for those who like movement: nobody has asked for it.
    exercise.scrollIntoView({ behavior: 'instant', block: 'start' })
    heading.focus({ preventScroll: true })
  }

  // A reload or a step back in the history returns to where the reader was, and an address may name its own place.
  const isNew = performance.getEntriesByType('navigation')[0]?.type === 'navigate'
  const isAsking = document.querySelector('[data-summary]') !== null
  if (isNew && location.hash === '' && !isAsking && stored().includes(code)) open()

  const watch = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return
    watch.disconnect()
    try {
      const others = stored().filter((one) => one !== code)
      localStorage.setItem(KEY, JSON.stringify([...others, code].slice(-MOST)))
    } catch {
      // Storage is disabled or full: the page opens at its beginning again.
    }
  })
  watch.observe(document.getElementById('exercise-title'))
}
