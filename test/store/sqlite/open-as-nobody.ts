import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'

/** What each database of the command line says to a user who is not root, as lines of JSON. Run by database-file.test.ts. */
const NOBODY = 65_534

// Root may write anywhere. Everything is loaded by now, wherever the sources lie.
if (process.getuid?.() === 0) {
  process.setgroups?.([])
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}
if (process.getuid?.() === 0) throw new Error('This is still root.')

for (const file of process.argv.slice(2)) {
  try {
    const database = openSqlite(file)
    try {
      await database.migrate()
    } finally {
      await database.close()
    }
    console.log('null')
  } catch (error) {
    console.log(JSON.stringify((error as Error).message))
  }
}
