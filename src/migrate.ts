import { run } from './run.ts'
import { openSqlite } from './store/database.ts'

/** The release step of a Procfile: brings the database up to date and ends. */
await run(async (config) => {
  const database = openSqlite(config.databaseFile)
  const done = await database.migrate()
  await database.close()
  console.log(done.length === 0 ? 'The database is up to date.' : `Applied ${done.join(', ')}.`)
  process.exit(0)
})
