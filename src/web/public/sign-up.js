// Preselects the browser's time zone if nothing was chosen.
{
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

  const fill = () => {
    const select = document.getElementById('timeZone')
    if (!select || !zone || select.value !== '') return
    if (![...select.options].some((option) => option.value === zone)) select.add(new Option(zone, zone), 1)
    select.value = zone
  }

  document.addEventListener('shown', fill)
  fill()
}
