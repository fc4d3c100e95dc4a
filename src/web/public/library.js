// Marks in the list what was read to its end, in this browser only, once that was asked for.
{
  const KEY = 'read'

  /** The codes of what was read; null if nothing is to be remembered. */
  const stored = () => {
    try {
      const codes = JSON.parse(localStorage.getItem(KEY))
      return Array.isArray(codes) ? codes : null
    } catch {
      return null
    }
  }
  const store = (codes) => {
    try {
      if (codes === null) localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, JSON.stringify(codes))
    } catch {
      // Storage is disabled or full, so nothing is marked.
    }
  }

  const article = document.querySelector('[data-reads]')
  if (article) {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return
      watch.disconnect()
      const codes = stored()
      if (codes !== null) store([...new Set([...codes, article.dataset.reads])])
    })
    watch.observe(article.lastElementChild)
  }

  const box = document.querySelector('[data-read-marks]')
  if (box) {
    const say = JSON.parse(box.dataset.words)
    const [line, button] = [box.querySelector('p'), box.querySelector('button')]
    const show = () => {
      const codes = stored()
      line.textContent = codes === null ? say.hint : say.on
      button.textContent = codes === null ? say.remember : say.forget
      for (const entry of document.querySelectorAll('[data-article]')) {
        const mark = entry.querySelector('.read-mark')
        const isRead = codes?.includes(entry.dataset.article)
        if (isRead && !mark) {
          const made = document.createElement('span')
          made.className = 'read-mark'
          made.textContent = say.mark
          entry.append(' ', made)
        } else if (!isRead) mark?.remove()
      }
    }
    button.addEventListener('click', () => {
      store(stored() === null ? [] : null)
      show()
    })
    // Coming back from an article, the page may be the one that was left.
    addEventListener('pageshow', show)
    box.hidden = false
    show()
  }
}
