/** Of commands that take no words; the settings come from the environment and from `.env`. */
const SETTINGS = 'Settings come from the environment and from a file .env; docs/operating.md lists them.'

export const USAGES = {
  start: `npm start                 the site and the worker, with a Redis and a test mailbox where none is set
npm start -- --help       this text
${SETTINGS}`,
  web: `npm run web               the site alone; needs REDIS_URL and SMTP_URL
npm run web -- --help     this text
${SETTINGS}`,
  worker: `npm run worker            a worker alone; needs REDIS_URL and SMTP_URL
npm run worker -- --help  this text
${SETTINGS}`,
  migrate: `npm run migrate           migrates the database to the current version and exits
npm run migrate -- --rewrite  also writes the whole file anew; stop the service first
npm run migrate -- --help this text
${SETTINGS}`,
  preview: `npm run preview              every email of every course in a browser, at http://localhost:3030
npm run preview -- <port>    at another port; 0 takes a free one
npm run preview -- --help    this text`,
  words: `npm run words                checks the courses under lessons/ for length, reading grade and forbidden wording
npm run words -- <folder>    the same for one course or another folder of courses
npm run words -- --help      this text`,
  'new-course': `npm run new-course -- <name>                  a new course under lessons/, with five days to rewrite
npm run new-course -- <name> --language de    the same in German
npm run new-course -- --help                  this text`,
  settings: `npm run settings             checks that .env.example and docs/ describe the settings as they are
npm run settings -- --write  writes their descriptions anew
npm run settings -- --help   this text`,
} as const

/** What to print in the place of the command's work, and the exit status: 0 where help was asked for, else 2. */
export function helpOrUsage(
  usage: string,
  args: readonly string[],
  fits: (args: readonly string[]) => boolean,
): { readonly text: string; readonly status: 0 | 2 } | null {
  if (asksForHelp(args)) return { text: usage, status: 0 }
  return fits(args) ? null : { text: usage, status: 2 }
}

export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h') || (args.length === 1 && args[0] === 'help')
}

/** Whether a usage text names this option, such as `--role`. */
export function namesOption(usage: string, option: string): boolean {
  return option !== '--' && usage.split(/[\s<>[\]|]+/).includes(option)
}
