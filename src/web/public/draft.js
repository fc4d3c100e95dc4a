// Autosaves what is being written. Sends only fields that differ from what the server acknowledged, each with the
// version it is based on. Never uses the browser's storage.
{
  const root = document.documentElement
  const form = document.getElementById('answers')
  const status = form.querySelector('[data-status]')
  const words = JSON.parse(status.dataset.words)
  const boxes = [...form.querySelectorAll('[data-field]')]
  const QUIET = 900
  const FIRST_RETRY = 2000
  const LONGEST_RETRY = 60000
  const TIMEOUT = 20000
  /** Browsers limit keepalive requests to 64 KB. */
  const KEEPALIVE_LIMIT = 60000

  const acknowledged = new Map(boxes.map((box) => [box, write(box)]))
  let timer
  let retry = FIRST_RETRY
  let refused = false
  let sending = null
  let flying = new Map()
  let abort = null
  let gone = false
  let submitting = false

  function read(box) {
    const values = {}
    for (const input of box.querySelectorAll('[name^="f."]')) {
      if (input.type === 'checkbox') {
        values[input.name] ??= []
        if (input.checked) values[input.name].push(input.value)
      } else if (input.type !== 'radio') values[input.name] = input.value
      else if (input.checked) values[input.name] = input.value
    }
    return values
  }

  function write(box) {
    return JSON.stringify(read(box))
  }

  const version = (box) => form.elements[`v.${box.dataset.field}`]
  const changed = () => boxes.filter((box) => write(box) !== acknowledged.get(box))

  function bodyOf(fields) {
    return JSON.stringify(
      Object.assign({}, ...fields.map((box) => ({ ...read(box), [version(box).name]: version(box).value }))),
    )
  }

  function tell(sentence, state) {
    if (status.textContent !== sentence) status.textContent = sentence
    status.dataset.state = state
  }

  function note() {
    const dirty = changed().length > 0
    if (dirty) root.dataset.dirty = ''
    else delete root.dataset.dirty
    return dirty
  }

  function later(wait) {
    clearTimeout(timer)
    timer = setTimeout(() => save(), wait)
  }

  /** Resolves to true once everything on the page is acknowledged. */
  function save() {
    clearTimeout(timer)
    sending ??= oneTabAtATime(send).finally(() => {
      sending = null
      flying = new Map()
      if (note() && !refused && !gone) later(status.dataset.state === 'unsaved' ? retry : QUIET)
    })
    return sending
  }

  /** If the first saves of two tabs overlapped, each would get its own session. */
  function oneTabAtATime(work) {
    return navigator.locks ? navigator.locks.request('notes', work) : work()
  }

  async function send() {
    const fields = changed()
    if (fields.length === 0 || gone) return true
    flying = new Map(fields.map((box) => [box, write(box)]))
    const body = bodyOf(fields)
    abort = new AbortController()
    try {
      const response = await fetch(form.dataset.draft, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body,
        keepalive: body.length < KEEPALIVE_LIMIT,
        signal: AbortSignal.any([abort.signal, AbortSignal.timeout(TIMEOUT)]),
      })
      const answer = await response.json()
      if (!response.ok) return fail(response.status, answer)
      take(answer)
      return changed().length === 0
    } catch {
      return fail(0, {})
    }
  }

  function take(answer) {
    const errors = Object.values(answer.errors)
    for (const [box, sent] of flying) {
      if (answer.errors[box.dataset.field] !== undefined) continue
      acknowledged.set(box, sent)
      const now = answer.versions[box.dataset.field]
      if (now !== undefined) version(box).value = now
      show(box, answer.conflicts[box.dataset.field])
    }
    retry = FIRST_RETRY
    refused = errors.length > 0
    if (refused)
      return tell(
        words.invalid.replace('{reason}', () => errors[0]),
        'unsaved',
      )
    const crossed = Object.keys(answer.conflicts).length > 0
    tell(crossed ? words.crossed : words.saved, 'saved')
  }

  function fail(code, answer) {
    refused = code >= 400 && code < 500 && code !== 408 && code !== 429
    if (refused) {
      const reason = Object.values(answer.fields ?? {})[0] ?? answer.message ?? ''
      tell(
        words.refused.replace('{reason}', () => reason),
        'unsaved',
      )
    } else {
      tell(words.retry, 'unsaved')
      retry = Math.min(retry * 2, LONGEST_RETRY) * (0.8 + Math.random() * 0.4)
    }
    return false
  }

  /** Shows what another tab or device saved below the field, which keeps its newest text. */
  function show(box, texts) {
    if (!texts?.length) return
    const place = box.querySelector('[data-kept]')
    place.replaceChildren(
      ...texts.map(({ mark, value }) => {
        const details = document.createElement('details')
        const summary = document.createElement('summary')
        const quote = document.createElement('blockquote')
        summary.textContent = mark
        quote.textContent = inWords(box, value)
        details.open = true
        details.append(summary, quote)
        return details
      }),
    )
  }

  function inWords(box, answer) {
    if (typeof answer !== 'object') return labelOf(box, String(answer))
    if (Array.isArray(answer)) return answer.map((value) => labelOf(box, value)).join(', ')
    return Object.values(answer).join('; ')
  }

  function labelOf(box, value) {
    const input = [...box.querySelectorAll('input[type=radio], input[type=checkbox]')].find(
      (one) => one.value === value,
    )
    return input?.closest('label')?.textContent.trim() ?? value
  }

  form.addEventListener('input', (event) => {
    if (!event.target.closest('[data-field]')) return
    refused = false
    if (note() && status.dataset.state !== 'unsaved') tell(words.waiting, 'waiting')
    if (!sending) later(QUIET)
  })

  addEventListener('online', () => note() && save())
  document.addEventListener('visibilitychange', () => document.hidden && !submitting && note() && save())

  // Saves the last changes before the page closes, unless they are already being sent.
  addEventListener('pagehide', () => {
    if (gone || submitting) return
    const fields = changed().filter((box) => flying.get(box) !== write(box))
    if (fields.length === 0) return
    const body = bodyOf(fields)
    const beacon = new Blob([body], { type: 'text/plain' })
    if (!navigator.sendBeacon?.(form.dataset.draft, beacon)) {
      fetch(form.dataset.draft, { method: 'POST', body: beacon, keepalive: true }).catch(() => {})
    }
  })

  // Leaving quickly ends the session, and a late save would open a new one.
  document.addEventListener('leaving', () => {
    gone = true
    clearTimeout(timer)
    abort?.abort()
  })

  // Saves everything before submitting, so that without a connection the page and its text stay.
  form.addEventListener('submit', async (event) => {
    if (submitting) return
    if (!sending && changed().length === 0) {
      submitting = true
      return
    }
    event.preventDefault()
    await (sending ?? true)
    if ((await save()) || changed().length === 0) {
      submitting = true
      form.requestSubmit(event.submitter)
    } else {
      status.scrollIntoView({ block: 'nearest' })
    }
  })

  // Printouts, files and other pages show what is saved.
  const afterSave = async (event, go) => {
    if (!sending && changed().length === 0) return
    event.preventDefault()
    await (sending ?? true)
    if ((await save()) || changed().length === 0) go()
    else status.scrollIntoView({ block: 'nearest' })
  }
  for (const link of document.querySelectorAll('a[data-after-save]'))
    link.addEventListener('click', (event) => afterSave(event, () => location.assign(link.href)))
  for (const other of document.querySelectorAll('form[data-after-save]'))
    other.addEventListener('submit', (event) => afterSave(event, () => other.submit()))

  // Acknowledged values are not sent again, because another tab may have saved newer ones.
  form.addEventListener('formdata', (event) => {
    const clean = boxes.filter((box) => write(box) === acknowledged.get(box))
    for (const box of clean) {
      for (const input of box.querySelectorAll('[name]')) event.formData.delete(input.name)
    }
  })

  addEventListener('pageshow', () => {
    submitting = false
  })
}
