// Progressive enhancement for writing. The form works without it.
{
  const form = document.getElementById('answers')
  const say = JSON.parse(form.dataset.words)
  const number = new Intl.NumberFormat(document.documentElement.lang)
  const plain = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+')
  const matcher = (words) => new RegExp(`(?<!\\p{L})(?:${words.split('|').map(plain).join('|')})(?!\\p{L})`, 'giu')

  for (const area of form.querySelectorAll('textarea')) {
    const box = area.closest('[data-field]')
    countWords(area, box.querySelector('[data-count]'))
    markWords(area, box)
    for (const prompt of box.querySelectorAll('[data-prompt]')) showPrompt(area, prompt)
  }
  for (const bank of form.querySelectorAll('[data-bank]')) offerWords(bank)
  for (const track of form.querySelectorAll('[data-track]')) slide(track)
  for (const timer of form.querySelectorAll('[data-timer]')) runTimer(timer)
  form.addEventListener('change', (event) => {
    answerBack(event.target)
    watchMood()
  })

  function onText(area, work) {
    area.addEventListener('input', work)
    work()
  }

  function countWords(area, place) {
    if (!place) return
    const guide = place.textContent
    onText(area, () => {
      const words = area.value.trim() === '' ? 0 : area.value.trim().split(/\s+/).length
      place.textContent = words === 0 ? guide : `${say.words.replace('{words}', number.format(words))} ${guide}`
    })
  }

  function showPrompt(area, prompt) {
    const words = matcher(prompt.dataset.prompt)
    onText(area, () => {
      prompt.hidden = area.value.match(words) === null
    })
  }

  /** The same text is behind the textarea, transparent except for the marks. */
  function markWords(area, box) {
    if (!area.dataset.highlight) return
    const words = matcher(area.dataset.highlight)
    const behind = box.querySelector('.paper-marks')
    const notice = box.querySelector('[data-marked]')
    onText(area, () => {
      const found = new Set()
      let last = 0
      behind.replaceChildren()
      for (const match of area.value.matchAll(words)) {
        const mark = document.createElement('mark')
        mark.textContent = match[0]
        behind.append(area.value.slice(last, match.index), mark)
        last = match.index + match[0].length
        found.add(match[0].toLowerCase())
      }
      behind.append(`${area.value.slice(last)}\n`)
      const told = found.size === 0 ? '' : say.marked.replace('{found}', () => [...found].join(', '))
      if (notice.textContent !== told) notice.textContent = told
    })
    area.addEventListener('scroll', () => {
      behind.scrollTop = area.scrollTop
    })
  }

  function offerWords(bank) {
    const area = bank.closest('[data-field]').querySelector('textarea')
    for (const item of bank.children) {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = item.textContent
      button.addEventListener('click', () => {
        const before = area.value.slice(0, area.selectionStart)
        const space = before === '' || /\s$/.test(before) ? '' : ' '
        area.setRangeText(`${space}${button.textContent} `, area.selectionStart, area.selectionEnd, 'end')
        area.dispatchEvent(new Event('input', { bubbles: true }))
        area.focus()
      })
      item.replaceChildren(button)
    }
  }

  /** Makes the radio buttons draggable like a slider. */
  function slide(track) {
    const inputs = [...track.querySelectorAll('input')]
    const choose = (event) => {
      const { left, width } = track.getBoundingClientRect()
      const share = (event.clientX - left) / width
      const isReversed = getComputedStyle(track).direction === 'rtl'
      const index = Math.floor((isReversed ? 1 - share : share) * inputs.length)
      const input = inputs[Math.max(0, Math.min(inputs.length - 1, index))]
      if (input.checked) return
      input.checked = true
      input.dispatchEvent(new Event('input', { bubbles: true }))
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }
    track.addEventListener('pointermove', (event) => {
      if (event.buttons === 1) choose(event)
    })
  }

  function answerBack(input) {
    const says = input.closest('[data-field]')?.querySelectorAll('[data-say]') ?? []
    for (const reply of says) reply.hidden = reply.dataset.say !== input.value
    const share = form.querySelector('[data-share]')
    if (share && input.closest('[data-letter]')) share.hidden = input.value !== 'share'
    const item = input.closest('[data-bin]')
    if (!item) return
    const feedback = item.querySelector('[data-feedback]')
    const fits = input.value === item.dataset.bin
    feedback.className = `say ${fits ? 'say-fits' : 'say-look'}`
    feedback.firstElementChild.textContent = fits ? say.fits : say.look
    feedback.hidden = false
  }

  function watchMood() {
    const care = form.querySelector('[data-care]')
    const value = (when) => form.querySelector(`[data-mood="${when}"] input:checked`)?.value
    if (!care || value('before') === undefined || value('after') === undefined) return
    care.hidden = value('after') - value('before') < Number(care.dataset.care)
  }

  function runTimer(box) {
    const button = box.querySelector('button')
    const clock = box.querySelector('[role=timer]')
    const status = box.querySelector('[role=status]')
    const label = button.textContent
    let end = 0
    let ticking
    const stop = (words) => {
      clearInterval(ticking)
      button.textContent = label
      clock.textContent = words
      status.textContent = words
    }
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000))
      if (left === 0) return stop(say.timeOver)
      clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
    }
    button.addEventListener('click', () => {
      if (button.textContent !== label) return stop('')
      end = Date.now() + Number(box.dataset.timer) * 60000
      button.textContent = say.stopTimer
      status.textContent = ''
      ticking = setInterval(tick, 1000)
      tick()
    })
    box.hidden = false
  }
}
