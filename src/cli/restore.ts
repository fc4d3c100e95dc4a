export const RESTORE_USAGE = `npm run restore -- <folder>              puts the database of a backup in place, and holds sending; stop the service first
npm run restore -- <folder> --replace    the same where there is a database, which is moved aside and kept
npm run restore -- --help                this text`

interface RestoreDeps {
  restore(options: { readonly from: string; readonly replace: boolean }): Promise<{
    readonly manifest: { readonly takenAt: string }
    readonly aside: string | null
  }>
}

/** Returns what to print and the exit status. */
export async function runRestore(
  deps: RestoreDeps,
  args: readonly string[],
): Promise<{ text: string; status: number }> {
  const folders = args.filter((word) => word !== '--replace')
  const [from] = folders
  if (from === undefined || folders.length > 1 || from.startsWith('-')) return { text: RESTORE_USAGE, status: 2 }
  const { manifest, aside } = await deps.restore({ from, replace: folders.length < args.length })
  const lines = [
    `The database is as it was at ${manifest.takenAt}. Sending is on hold.`,
    ...(aside === null ? [] : [`The former one is kept: ${aside}. Delete it when you no longer need it.`]),
    'Who signed up, stopped or deleted their data since then is not known to it.',
    'Start the service, look at the site, then: npm run mail -- release',
  ]
  return { text: lines.join('\n'), status: 0 }
}
