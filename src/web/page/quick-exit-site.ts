/** The destination of "Leave quickly": a common site that does not reveal what was left. */
export const exitSite = {
  url: 'https://www.bbc.com/weather',
  name: 'a weather site',
} as const

/** Describes the button on every page, and is visible where people first arrive. */
export const EXIT_NOTE = `“Leave quickly”, or pressing Shift three times, opens ${exitSite.name}. It does not erase your browser history or your mailbox.`
