// The questions: an option that stands alone gives way to others, and they to it; a follow-up that is put away forgets
// what was ticked in it. Printing. Nothing is stored.
{
  for (const button of document.querySelectorAll('[data-print]')) button.hidden = false
  for (const button of document.querySelectorAll('[data-do="print"]')) button.addEventListener('click', () => print())

  const form = document.querySelector('.start-form')
  document.querySelector('[data-summary]')?.focus()

  const boxes = (input) => form.querySelectorAll(`input[name="${CSS.escape(input.name)}"]`)
  const keepAlone = (input) => {
    for (const other of boxes(input)) {
      if (other !== input && ('alone' in input.dataset || 'alone' in other.dataset)) other.checked = false
    }
  }
  const forgetFollowUps = () => {
    for (const follow of form.querySelectorAll('[data-follow]')) {
      if (form.querySelector(`[data-opens~="${follow.dataset.follow}"]:checked`)) continue
      for (const input of follow.querySelectorAll('input')) input.checked = false
    }
  }
  form?.addEventListener('change', ({ target }) => {
    if (target.type === 'checkbox' && target.checked) keepAlone(target)
    forgetFollowUps()
  })
}
