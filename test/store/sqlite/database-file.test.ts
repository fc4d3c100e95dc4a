import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { databaseProblem } from '../../../src/store/sqlite/database-file.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { createTempFolder } from '../../support/temp-folder.ts'

let folder: { path: string; remove(): Promise<void> }
beforeEach(async () => {
  folder = await createTempFolder()
})
afterEach(() => folder.remove())

const at = (name: string) => join(folder.path, name)

/** What opening and migrating says; null when it works. */
async function said(file: string): Promise<string | null> {
  try {
    const database = openSqlite(file)
    try {
      await database.migrate()
    } finally {
      await database.close()
    }
    return null
  } catch (error) {
    expect(error).toMatchObject({ code: 'misconfigured' })
    return (error as Error).message
  }
}

/** The same, to a user who is not root. */
function saidToNobody(...files: string[]): (string | null)[] {
  const script = fileURLToPath(new URL('open-as-nobody.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...files], { encoding: 'utf8' })
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string | null)
}

test('a folder that is not there is made, and an empty file becomes the database', async () => {
  expect(await said(at('deep/er/course.db'))).toBeNull()
  expect(existsSync(at('deep/er/course.db'))).toBe(true)
  writeFileSync(at('empty.db'), '')
  expect(await said(at('empty.db'))).toBeNull()
})

test('a folder, a text file, a socket and a path through a file are told', async () => {
  mkdirSync(at('folder'))
  expect(await said(at('folder'))).toMatch(/^DATABASE_URL: .* is a folder\. Name a file in it/)
  writeFileSync(at('text'), 'These are no rows, but the words of somebody who meant another file.')
  expect(await said(at('text'))).toMatch(/is not an SQLite database\. Correct the path/)
  expect(await said(at('text/course.db'))).toMatch(/text is a file, not a folder/)
  const server = createServer().listen(at('socket'))
  await new Promise((resolve) => server.once('listening', resolve))
  expect(await said(at('socket'))).toMatch(/is not a regular file\./)
  await new Promise((resolve) => server.close(resolve))
  for (const name of ['folder', 'text', 'text/course.db']) expect(databaseProblem(at(name))).not.toBeNull()
  expect(databaseProblem(at('new.db'))).toBeNull()
})

test('where nothing can be written, that is told', async () => {
  expect(await said('/proc/course/course.db')).toMatch(/cannot be opened or created \(E[A-Z]+\)|this user cannot write/)
  writeFileSync(at('locked.db'), '')
  chmodSync(at('locked.db'), 0o000)
  mkdirSync(at('closed'), { mode: 0o555 })
  // Root may write anywhere, so another user looks.
  mkdirSync(at('open'))
  chmodSync(at('open'), 0o777)
  chmodSync(folder.path, 0o755)
  const [locked, closed, open] = saidToNobody(at('locked.db'), at('closed/course.db'), at('open/course.db'))
  expect(locked).toMatch(/cannot be read and written/)
  expect(closed).toMatch(/this user cannot write in/)
  expect(open).toBeNull()
})

test('a database of a newer version is told as that, and is not touched', async () => {
  expect(await said(at('course.db'))).toBeNull()
  const sqlite = new Sqlite(at('course.db'))
  sqlite.exec("insert into kysely_migration (name, timestamp) values ('999-tomorrow', '2030-01-01')")
  sqlite.close()
  expect(await said(at('course.db'))).toMatch(/newer version of this service \(999-tomorrow\)\. Start that version/)
})
