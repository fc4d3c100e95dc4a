import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import type { DatabaseLocation } from '../../../src/core/service-urls/database-url.ts'
import { restoreBackup } from '../../../src/store/backup/restore-backup.ts'
import { takeBackup } from '../../../src/store/backup/take-backup.ts'
import { createStore } from '../../../src/store/store.ts'
import { digestOf } from '../../../src/store/tables/copy-tables.ts'
import { sqliteTables, tableShapes } from '../../../src/store/tables/sqlite-tables.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createEmptyPlace, createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'
import { fillEveryTable } from './fill-every-table.ts'

const NOW = Date.UTC(2026, 10, 27, 12)
const SECRET = 'a secret that only tests know, 0123456789'

let folder: { path: string; remove(): Promise<void> }
let source: TestStore
let place: Awaited<ReturnType<typeof createEmptyPlace>>

beforeEach(async () => {
  folder = await createTempFolder()
  source = await createTestStore()
  place = await createEmptyPlace()
})
afterEach(async () => {
  await source.close()
  await place.close()
  await folder.remove()
})

const locationOf = (store: TestStore): DatabaseLocation =>
  store.url.startsWith('sqlite:') ? { sqlite: store.file } : { postgres: store.url }

const backUp = (given: { into?: string; now?: number } = {}) =>
  takeBackup({
    database: locationOf(source),
    into: given.into ?? join(folder.path, 'backups'),
    version: '1.2.3',
    secret: SECRET,
    salt: new Uint8Array([1, 2, 3]),
    keepElsewhere: ['SECRET_KEY', 'SMTP_URL'],
    now: () => given.now ?? NOW,
  })

const restore = (
  from: string,
  given: { replace?: boolean; secret?: string | null; database?: DatabaseLocation; now?: number } = {},
) =>
  restoreBackup({
    database: given.database ?? place.location,
    from,
    dataDir: folder.path,
    secret: given.secret === undefined ? SECRET : given.secret,
    replace: given.replace ?? false,
    skipIds: 1_000,
    now: () => given.now ?? NOW,
  })

async function changeManifest(backup: string, change: object): Promise<void> {
  const file = join(backup, 'manifest.json')
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...change }))
}

/** The rows of a file per table, as a checksum. */
async function contentOf(file: string) {
  const sqlite = new Sqlite(file)
  try {
    const tables = sqliteTables(sqlite)
    const shapes = tableShapes(sqlite).filter(({ name }) => name !== 'stream')
    return await Promise.all(shapes.map(async (shape) => [shape.name, await digestOf(tables, shape)]))
  } finally {
    sqlite.close()
  }
}

describe('a backup', () => {
  test('is a folder for its owner alone, whose manifest describes it and holds no secret', async () => {
    await fillEveryTable(source.database)
    const { folder: backup, manifest } = await backUp()
    expect(backup).toBe(join(folder.path, 'backups', '20261127T120000Z'))
    expect(await readdir(join(folder.path, 'backups'))).toEqual(['20261127T120000Z'])
    expect((await readdir(backup)).sort()).toEqual(['database.db', 'manifest.json'])
    for (const name of ['.', 'database.db', 'manifest.json'])
      expect((await stat(join(backup, name))).mode & 0o077).toBe(0)
    const text = await readFile(join(backup, 'manifest.json'), 'utf8')
    expect(JSON.parse(text)).toEqual(manifest)
    expect(manifest).toMatchObject({
      version: '1.2.3',
      engine: process.env.TEST_DATABASE === 'postgres' ? 'postgres' : 'sqlite',
      takenAt: '2026-11-27T12:00:00.000Z',
      bytes: (await stat(join(backup, 'database.db'))).size,
      keepElsewhere: ['SECRET_KEY', 'SMTP_URL'],
    })
    expect(manifest.rows).toMatchObject({ learner: 2, delivery: 16, setback: 4, stream: 1 })
    expect(text).not.toContain(SECRET)
  })

  test('that fails leaves nothing, and says in one sentence why', async () => {
    const into = join(folder.path, 'file')
    await writeFile(into, '')
    await expect(backUp({ into })).rejects.toMatchObject({ code: 'misconfigured' })
    await expect(backUp({ into: join(folder.path, 'backups') })).resolves.toBeDefined()
    await expect(backUp()).rejects.toThrow('exists already')
    expect(await readdir(join(folder.path, 'backups'))).toEqual(['20261127T120000Z'])
  })

  test('that was killed is none, and is removed a day later', async () => {
    const unfinished = join(folder.path, 'backups', '.unfinished-20261120T000000Z-1')
    await mkdir(unfinished, { recursive: true })
    await writeFile(join(unfinished, 'database.db'), 'half')
    await expect(restore(unfinished)).rejects.toThrow('is not a backup')
    await backUp({ now: Date.now() + 2 * 86_400_000 })
    expect((await readdir(join(folder.path, 'backups'))).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

describe('a restore', () => {
  test('brings every row back, and leaves out ids that others may have', async () => {
    await fillEveryTable(source.database)
    const { folder: backup } = await backUp()
    expect(await restore(backup)).toMatchObject({ aside: null })
    const database = place.open()
    const store = createStore(database)
    await database.db.deleteFrom('heartbeat').where('name', '=', 'backup').execute()
    const again = await takeBackup({
      ...{ database: place.location, into: join(folder.path, 'again'), version: '1.2.3', secret: SECRET },
      ...{ salt: new Uint8Array(), keepElsewhere: [], now: () => NOW },
    })
    expect(await contentOf(join(again.folder, 'database.db'))).toEqual(await contentOf(join(backup, 'database.db')))
    // Two are there, a third was erased.
    const next = await store.learners.ensure({ address: 'new@example.test', addressKey: 'new', now: NOW })
    expect(next.id).toBe(1_004)
    await database.close()
  })

  test('holds sending until it is released, and leaves out ids also where there was no row', async () => {
    const { folder: backup } = await backUp()
    await restore(backup, { now: NOW + 5 })
    const database = place.open()
    expect(await createStore(database).sendingState.status()).toMatchObject({
      state: 'held',
      cause: 'restored',
      since: NOW + 5,
      reason: expect.stringContaining('backup made at 2026-11-27T12:00:00.000Z'),
    })
    // The backup has no learner yet, but others may have been given the first ids since.
    const { learner, deliveries } = await enrolForTest(createStore(database), { now: NOW, days: 1 })
    expect([learner.id, deliveries[0]?.id]).toEqual([1_001, 1_001])
    await database.close()
  })

  test('refuses where there is a database; with --replace it keeps that one', async () => {
    const { folder: backup } = await backUp()
    await enrolForTest(source.store, { now: NOW, days: 1 })
    await source.database.close()
    const database = locationOf(source)
    await expect(restore(backup, { database })).rejects.toThrow('--replace')
    const { aside } = await restore(backup, { database, replace: true })
    const now = source.openAgain()
    expect(await now.db.selectFrom('learner').select('id').execute()).toEqual([])
    if ('sqlite' in database) {
      expect(aside).toBe(`${database.sqlite}.before-20261127T120000Z`)
      const former = new Sqlite(aside as string)
      expect(former.prepare('select count(*) as n from learner').get()).toEqual({ n: 1 })
      former.close()
    } else {
      expect(aside).toBe('schema before_20261127t120000z')
      const former = await now.db.withSchema('before_20261127t120000z').selectFrom('learner').select('id').execute()
      expect(former).toHaveLength(1)
    }
    // The service starts on it as on any other.
    await now.migrate()
    await now.close()
  })

  test('refuses while a process of the service uses the database, and changes nothing', async () => {
    const { folder: backup } = await backUp()
    await enrolForTest(source.store, { now: NOW, days: 1 })
    await expect(restore(backup, { database: locationOf(source), replace: true })).rejects.toThrow('Stop it')
    expect((await source.store.sendingState.status()).state).toBe('open')
    expect(await source.database.db.selectFrom('learner').select('id').execute()).toHaveLength(1)
  })

  test('of what does not fit is refused in one sentence, and nothing is there afterwards', async () => {
    const { folder: backup } = await backUp()
    const manifest = await readFile(join(backup, 'manifest.json'), 'utf8')
    const cases: readonly [RegExp, { secret?: string | null }, (() => Promise<void>)?][] = [
      [/belongs to another SECRET_KEY/, { secret: 'k'.repeat(40) }],
      [/no SECRET_KEY here/, { secret: null }],
      [
        /newer version of this service \(9\.0\.0, 999-from-the-future\)/,
        {},
        () => changeManifest(backup, { migration: '999-from-the-future', version: '9.0.0' }),
      ],
      [/manifest\.json is damaged/, {}, () => writeFile(join(backup, 'manifest.json'), '{"format": 1')],
      [/does not match its checksum/, {}, () => damage(join(backup, 'database.db'))],
      [/database\.db is missing/, {}, () => rm(join(backup, 'database.db'))],
      [/is not a backup/, {}, () => rm(backup, { recursive: true })],
    ]
    for (const [sentence, given, prepare] of cases) {
      await writeFile(join(backup, 'manifest.json'), manifest)
      await prepare?.()
      await expect(restore(backup, given)).rejects.toMatchObject({
        code: 'misconfigured',
        message: expect.stringMatching(sentence),
      })
    }
    const database = place.open()
    expect((await database.db.introspection.getTables()).map(({ name }) => name)).toEqual([])
    await database.close()
    expect((await readdir(folder.path)).sort()).toEqual(['backups'])
  })
})

async function damage(file: string): Promise<void> {
  const bytes = await readFile(file)
  bytes[5_000] = (bytes[5_000] ?? 0) ^ 1
  await writeFile(file, bytes)
}
