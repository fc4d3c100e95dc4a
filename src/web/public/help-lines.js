// Opens the numbers of the browser's own time zone and puts them first. The zone never leaves this page.
{
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

  const sort = () => {
    for (const list of document.querySelectorAll('[data-help-lines]')) {
      const places = [...list.querySelectorAll('.place')]
      // A country comes before a union that holds it: the shorter list of zones is the nearer place.
      const near = places
        .filter((place) => place.dataset.zones?.split(' ').includes(zone))
        .sort((one, other) => one.dataset.zones.length - other.dataset.zones.length)[0]
      if (!near) continue
      const others = list.querySelector('[data-others]')
      for (const place of places) {
        place.open = place === near
        if (place !== near && place.parentElement !== others) others.append(place)
      }
      others.before(near)
      others.open = false
    }
  }

  document.addEventListener('shown', sort)
  sort()
}
