import { USAGES } from './cli/usages.ts'
import { run } from './run.ts'

/**
 * The release step of a Procfile: migrates the database to the current version and exits. With `--rewrite` it also writes the whole file
 * anew, without what erased and moved rows left in unused parts of it; stop the service first.
 */
await run(
  USAGES.migrate,
  async (config) => {
    const { openDatabase } = await import('./store/open-database.ts')
    const { createStore } = await import('./store/store.ts')
    const database = openDatabase(config.database, config.databaseConnections)
    const done = await database.migrate()
    const store = createStore(database)
    if (process.argv.includes('--rewrite')) {
      await store.rewrite(Number.POSITIVE_INFINITY)
      if (!(await store.truncateRecoveryLog()))
        console.log('The service is running: its recovery log is emptied when it stops.')
    }
    await database.close()
    console.log(done.length === 0 ? 'The database is up to date.' : `Applied ${done.join(', ')}.`)
    process.exit(0)
  },
  (args) => args.every((word) => word === '--rewrite'),
)
