// Fills the browser's time zone in, as long as nothing was chosen.
{
  const select = document.getElementById('timeZone')
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (select && zone && select.value === '') {
    if (![...select.options].some((option) => option.value === zone)) select.add(new Option(zone, zone), 1)
    select.value = zone
  }
}
