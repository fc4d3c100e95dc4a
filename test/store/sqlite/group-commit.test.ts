import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import Sqlite, { type Database as Sqlite3 } from 'better-sqlite3'
import { type Kysely, sql } from 'kysely'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'

let parts: TestStore
/** Another connection, as another process has: it sees what is durable and nothing else. */
let other: Sqlite3

beforeEach(async () => {
  parts = await createTestStore()
  await sql`create table note (id integer primary key, text text not null unique)`.execute(parts.database.db)
  other = new Sqlite(parts.file, { timeout: 0 })
})
afterEach(async () => {
  other.close()
  await parts.close()
})

// The table exists in these tests alone.
const db = () => parts.database.db as never as Kysely<{ note: { id: number; text: string } }>
const add = (text: string) =>
  db()
    .insertInto('note')
    .values({ text } as never)
    .execute()
const seenByOthers = () => other.prepare('select text from note order by id').pluck().all() as string[]

describe('writes asked for in one turn', () => {
  // A group is closed after 10 ms, for which a busy machine may well let a process wait.
  beforeEach(() => void jest.spyOn(performance, 'now').mockReturnValue(performance.now()))
  afterEach(() => void jest.restoreAllMocks())

  test('share one commit: nobody else sees the first before the last', async () => {
    const seen: number[] = []
    const writes = Array.from({ length: 30 }, (_, index) =>
      add(`note ${index}`).then(() => seen.push(seenByOthers().length)),
    )
    await Promise.all(writes)
    expect(seen).toEqual(Array(30).fill(30))
  })

  test('are done one after the other: nothing comes between the statements of a transaction', async () => {
    await Promise.all([
      add('a'),
      parts.database.transaction(async (inside) => {
        await sql`insert into note (text) values ('b')`.execute(inside)
        await sql`insert into note (text) values ('c')`.execute(inside)
      }),
      add('d'),
    ])
    expect(seenByOthers().join('')).toMatch(/bc/)
    expect(seenByOthers().toSorted()).toEqual(['a', 'b', 'c', 'd'])
  })

  test('one that fails undoes its own part alone', async () => {
    const results = await Promise.allSettled([
      add('a'),
      add('a'),
      parts.database.transaction(async (inside) => {
        await sql`insert into note (text) values ('gone')`.execute(inside)
        throw new Error('changed its mind')
      }),
      add('b'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(seenByOthers()).toEqual(['a', 'b'])
  })

  test('a commit that fails fails for all of them, and nothing is written', async () => {
    // A deferred constraint is looked at only by the COMMIT.
    await sql`create table child (id integer primary key, note_id integer references note (id) deferrable initially deferred)`.execute(
      parts.database.db,
    )
    const bad = parts.database.transaction(async (inside) => {
      await sql`insert into child (note_id) values (99)`.execute(inside)
    })
    const results = await Promise.allSettled([add('a'), bad, add('b')])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(seenByOthers()).toEqual([])
    await add('after')
    expect(seenByOthers()).toEqual(['after'])
  })
})

test('a read sees nothing that is not durable yet', async () => {
  let seen: unknown
  await parts.database.transaction(async (inside) => {
    await sql`insert into note (text) values ('a')`.execute(inside)
    seen = await db().selectFrom('note').selectAll().execute()
  })
  expect(seen).toEqual([])
  expect(await db().selectFrom('note').select('text').execute()).toEqual([{ text: 'a' }])
})

test('a transaction used after its end is refused', async () => {
  let leaked: typeof parts.database.db | null = null
  await parts.database.transaction(async (inside) => {
    leaked = inside
  })
  await expect(sql`insert into note (text) values ('late')`.execute(leaked as never)).rejects.toThrow('after its end')
})

describe('a lock that another process holds', () => {
  test('is waited for by what runs outside transactions too', async () => {
    other.exec('begin immediate')
    const write = sql`insert into note (text) values ('raw')`.execute(parts.database.db)
    await new Promise((resolve) => setTimeout(resolve, 50))
    other.exec('commit')
    await write
    expect(seenByOthers()).toEqual(['raw'])
  })

  test('is waited for without blocking the event loop, and reads go on', async () => {
    other.exec('begin immediate')
    let [last, longest] = [performance.now(), 0]
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    const write = add('a')
    expect(await db().selectFrom('note').selectAll().execute()).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 300))
    longest = Math.max(longest, performance.now() - last)
    // As long as the lock, if the wait blocked.
    expect(longest).toBeLessThan(250)
    other.exec('commit')
    await write
    clearInterval(timer)
    expect(seenByOthers()).toEqual(['a'])
  })

  test('longer than anyone has patience: whoever waited hears busy, and later writes go through', async () => {
    other.exec('begin immediate')
    await expect(add('a')).rejects.toMatchObject({ code: 'busy' })
    other.exec('rollback')
    await add('b')
    expect(seenByOthers()).toEqual(['b'])
  }, 20_000)
})

test('two processes that write without end do not starve one another', async () => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', BUSY_WRITER, parts.file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // It writes or it has ended with an error.
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  expect(child.exitCode).toBeNull()
  const waits: number[] = []
  for (let index = 0; index < 100; index += 1) {
    const start = performance.now()
    await add(`mine ${index}`)
    waits.push(performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  child.kill()
  await once(child, 'exit')
  expect(seenByOthers().length).toBeGreaterThan(200)
  // Two plain writers were seen to wait 2.9 s for one another.
  expect(Math.max(...waits)).toBeLessThan(1_000)
}, 30_000)

const BUSY_WRITER = fileURLToPath(new URL('./busy-writer.ts', import.meta.url))

test('processes that migrate a fresh file at the same time all succeed', async () => {
  const databases = Array.from({ length: 4 }, () => openSqlite(`${parts.file}.fresh`))
  const ran = await Promise.all(databases.map((database) => database.migrate()))
  expect(ran.filter((names) => names.length > 0)).toHaveLength(1)
  await Promise.all(databases.map((database) => database.close()))
})

test('opening the same file twice keeps both in step', async () => {
  const second = parts.openAgain()
  await add('a')
  const rows = await sql<{ text: string }>`select text from note`.execute(second.db)
  expect(rows.rows).toEqual([{ text: 'a' }])
  await second.close()
})

test('the database is opened as the promises need it', async () => {
  const { sql } = await import('kysely')
  const pragma = async (name: string) => {
    const result = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(parts.database.db)
    return Object.values(result.rows[0] ?? {})[0]
  }
  expect(await pragma('journal_mode')).toBe('wal')
  expect(await pragma('synchronous')).toBe(2)
  expect(await pragma('foreign_keys')).toBe(1)
})
