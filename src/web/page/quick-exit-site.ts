/** Where "Leave quickly" goes: a site that anyone might have open, and that says nothing about who left what. */
export const exitSite = {
  url: 'https://www.bbc.com/weather',
  name: 'a weather site',
} as const
