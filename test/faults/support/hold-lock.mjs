// Holds a database's write lock from a separate process until it is killed: hold-lock.mjs <file>
import Sqlite from 'better-sqlite3'

const database = new Sqlite(process.argv[2], { timeout: 10_000 })
database.exec('begin immediate')
process.stdout.write('held\n')
setInterval(() => {}, 1_000)
