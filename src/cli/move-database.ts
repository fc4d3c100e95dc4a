import { resolve } from 'node:path'
import { type DatabaseLocation, parseDatabaseUrl } from '../core/service-urls/database-url.ts'

export const MOVE_USAGE = `npm run move-database -- --to postgres://user@host/db    copies the database of DATABASE_URL into an empty one of the other
npm run move-database -- --to sqlite:path/to/file.db     kind, and holds sending in both; stop the service first. The same
                                                         command again continues a move that was interrupted
npm run move-database -- --help                          this text`

interface MoveDeps {
  move(to: DatabaseLocation): Promise<void>
}

/** Returns what to print and the exit status. */
export async function runMove(deps: MoveDeps, args: readonly string[]): Promise<{ text: string; status: number }> {
  const [option, url, ...more] = args
  if (option !== '--to' || url === undefined || more.length > 0) return { text: MOVE_USAGE, status: 2 }
  const to = parseDatabaseUrl(url)
  if (!('value' in to)) return { text: `--to ${to.what} ${to.fix}`, status: 2 }
  const location = 'sqlite' in to.value ? { sqlite: resolve(to.value.sqlite) } : to.value
  await deps.move(location)
  const setting =
    'sqlite' in location
      ? `DATABASE_URL=sqlite:${location.sqlite}`
      : 'DATABASE_URL to the address that you gave after --to'
  return {
    text: [
      'All rows are there, counted and compared. Sending is on hold in both databases.',
      `1. Set ${setting}, for every process of the service.`,
      '2. Start the service, and look at the site.',
      '3. npm run mail -- release',
      'The former database is as it was, and a worker that is started on it sends nothing. Delete it when you no longer need it.',
    ].join('\n'),
    status: 0,
  }
}
