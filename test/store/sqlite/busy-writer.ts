// Writes to the table `note` of the file it is given, a hundred at a time, until it is killed.
import type { Kysely } from 'kysely'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'

const db = openSqlite(process.argv[2] as string).db as never as Kysely<{ note: { text: string } }>
for (let round = 0; ; round += 1) {
  const texts = Array.from({ length: 100 }, (_, index) => `theirs ${round} ${index}`)
  await Promise.all(texts.map((text) => db.insertInto('note').values({ text }).execute()))
  if (round === 0) process.stdout.write('writing\n')
}
