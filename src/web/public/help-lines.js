// Opens the numbers for the browser's time zone and moves them to the top. The zone never leaves the page.
{
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

  const sort = () => {
    for (const list of document.querySelectorAll('[data-help-lines]')) {
      const places = [...list.querySelectorAll('.place')]
      // A country comes before a union that includes it: the place with fewer zones is the more specific one.
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
