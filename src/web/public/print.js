// The print button of printable pages. Without scripts, the browser's menu prints them.
{
  const button = document.querySelector('[data-print-now]')
  if (button) {
    button.hidden = false
    button.addEventListener('click', () => print())
  }
}
