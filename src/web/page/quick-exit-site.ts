/** The destination of "Leave quickly": a common site that does not reveal what was left. */
export const exitSite = {
  url: 'https://www.bbc.com/weather',
  name: 'a weather site',
} as const
