// The print button of pages laid out for paper. Without scripts the browser's own menu prints them.
{
  const button = document.querySelector('[data-print-now]')
  if (button) {
    button.hidden = false
    button.addEventListener('click', () => print())
  }
}
