import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { loadCourses } from '../../src/content/load-courses.ts'
import type { Lesson } from '../../src/core/course/course.ts'
import { COMMON_VARIANT } from '../../src/core/model.ts'
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/local/embedded-redis.ts'
import { queryRows } from '../support/database/database-rows.ts'
import { fillExercise } from '../support/fill-exercise.ts'
import { linkOf, linksOf } from '../support/mail-links.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createVisitor, type Form } from '../support/visitor.ts'
import { waitFor } from '../support/wait-for.ts'

/** Planted in everything a learner writes and answers. */
const CANARY = 'Zwitscherkanarie4711'
const ADDRESS = 'mara@example.test'
const COURSES = fileURLToPath(new URL('../fixtures/courses', import.meta.url))

/** A process of its own takes its time where others are at work. */
const START_LIMIT_MS = 60_000

let folder: { path: string; remove(): Promise<void> }
let redis: EmbeddedRedis
let mail: MailServer
let service: ChildProcess
let said = ''
let url: string
let lesson: Lesson

beforeAll(async () => {
  folder = await createTempFolder()
  redis = await startEmbeddedRedis({ dataDir: folder.path })
  mail = await startMailServer()
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  url = `http://127.0.0.1:${port}`
  service = spawn(process.execPath, [fileURLToPath(new URL('../support/run-service.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'trace',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: folder.path,
      REDIS_URL: redis.url,
      SMTP_URL: mail.url,
      COURSE: 'steady-week',
    },
  })
  for (const stream of [service.stdout, service.stderr]) stream?.on('data', (chunk) => (said += String(chunk)))
  await waitFor(
    () => said.includes('listening\n'),
    () => `the service to listen; it said: ${said}`,
    START_LIMIT_MS,
  )
  lesson = (await loadCourses(join(COURSES, '../../../lessons'))).get('steady-week')?.lessons[0] as Lesson
}, START_LIMIT_MS)

afterAll(async () => {
  if (service?.exitCode === null) {
    service.kill('SIGTERM')
    await waitFor(
      () => service.exitCode !== null,
      () => 'the service to end',
    )
  }
  await mail?.close()
  await redis?.stop()
  await folder?.remove()
})

/** Every byte that lies in the data folder: the database, its log, and what Redis writes. */
function everyFile(path: string): { name: string; bytes: Buffer }[] {
  return readdirSync(path).flatMap((name) => {
    const inside = join(path, name)
    if (statSync(inside).isDirectory()) return everyFile(inside)
    return statSync(inside).isFile() ? [{ name: inside, bytes: readFileSync(inside) }] : []
  })
}

/** The canary as text, and in the encodings in which it could lie hidden. */
function forms(): Buffer[] {
  const plain = Buffer.from(CANARY)
  // Base64 shifts with the place in the text; the middle of each shift stays the same.
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), plain])
      .toString('base64')
      .slice(4, -4),
  )
  return [
    plain,
    Buffer.from(CANARY, 'utf16le'),
    Buffer.from(plain.toString('hex')),
    ...shifted.map((one) => Buffer.from(one)),
  ]
}

function planted(form: Form): Form {
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => [
      name,
      typeof value === 'string' && value.startsWith('A <b>') ? CANARY : value,
    ]),
  )
}

test('what a learner writes lies readable in no file of the database, no dump of Redis and no line of the log', async () => {
  const visitor = createVisitor(url)
  await visitor.post('/sign-up', { email: ADDRESS, timeZone: 'Europe/Berlin', hour: '7' })
  const [confirmation] = await mail.waitForMail(ADDRESS)
  if (!confirmation) throw new Error('no confirmation')
  await visitor.post(linkOf(confirmation, '/confirm/'))
  const first = (await mail.waitForMail(ADDRESS, 2))[1]
  if (!first) throw new Error('no lesson')
  const link = linkOf(first, '/l/')

  const form = planted(fillExercise(lesson, COMMON_VARIANT))
  expect(Object.values(form)).toContain(CANARY)
  expect((await visitor.post(link, { ...form, effort: 'full' })).status).toBe(303)
  const [field] = Object.keys(form).filter((name) => form[name] === CANARY)
  // Autosave, what another tab had, a value that cannot be taken, and a body that cannot be read.
  await visitor.postJson(`${link}/draft`, { [field ?? '']: `${CANARY} again` })
  await visitor.postJson(`${link}/draft`, { [field ?? '']: `${CANARY} from another tab` })
  await visitor.post(link, { [field ?? '']: CANARY.repeat(1_000), keep: '1' })
  await fetch(`${link}/draft`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: `{"${CANARY}` })
  expect((await visitor.get(link)).text).toContain(CANARY)
  expect((await visitor.get(`${link}/notes.txt`)).text).toContain(CANARY)
  for (const format of ['html', 'json'])
    expect((await visitor.get(`${link}/take/notes.${format}`)).text).toContain(CANARY)
  await visitor.post(`${link}/finished`, { line: CANARY })
  await visitor.post(`${link}/take/leave`, { seen: '0', other: CANARY })

  // A box that was moved fails to open, and the failure is written down.
  const [one, other] = queryRows(folder.path, 'select id, sealed from answer where kept = 0 order by id limit 2')
  const move = 'update answer set sealed = ? where id = ?'
  changeRow(move, other?.sealed, one?.id)
  for (const path of ['', '/take/notes.html', '/take/notes.json'])
    expect((await visitor.get(`${link}${path}`)).status).toBe(500)
  changeRow(move, one?.sealed, one?.id)
  expect((await visitor.get(link)).status).toBe(200)

  const asked = await visitor.post(`${link}/read`)
  expect(asked.status).toBe(200)
  await mail.waitForMail(ADDRESS, 3)
  await saveRedis()

  expect(queryRows(folder.path, 'select count(*) as n from answer')[0]?.n).toBeGreaterThan(3)
  const files = everyFile(folder.path)
  const names = files.map(({ name }) => name).join('\n')
  for (const kind of [/bootcamp\.db$/m, /bootcamp\.db-wal$/m, /\.rdb$/m, /\.aof$/m]) expect(names).toMatch(kind)
  // The address proves that these bytes would show what is there.
  expect(files.some(({ bytes }) => bytes.includes(ADDRESS))).toBe(true)
  for (const hidden of forms()) {
    expect(files.filter(({ bytes }) => bytes.includes(hidden)).map(({ name }) => name)).toEqual([])
    expect(said).not.toContain(hidden.toString('latin1'))
  }
  expect(said).toContain('A request failed.')
  expect(said).not.toContain(ADDRESS)
  expect(said).not.toContain(new URL(link).pathname.split('/')[2])
})

test('with the press to delete, not even its ciphertext is left', async () => {
  const sealed = queryRows(folder.path, 'select sealed from answer').map((row) => row.sealed as Buffer)
  const first = (await mail.waitForMail(ADDRESS, 2))[1]
  if (!first) throw new Error('no lesson')
  const visitor = createVisitor(url)
  // Anyone who holds the link may ask; the press that deletes comes from the inbox.
  expect((await visitor.post(`${linkOf(first, '/stop/')}/delete`)).status).toBe(200)
  const proof = (await mail.waitForMail(ADDRESS, 4))[3]
  const link = proof && linksOf(proof).find((one) => new URL(one).pathname.startsWith('/delete/'))
  expect((await visitor.post(link ?? '')).status).toBe(200)
  const files = everyFile(folder.path).filter(({ name }) => name.includes('bootcamp.db'))
  for (const box of sealed) expect(files.some(({ bytes }) => bytes.includes(box.subarray(0, 24)))).toBe(false)
  expect(files.some(({ bytes }) => bytes.includes(ADDRESS))).toBe(false)
})

function changeRow(statement: string, ...values: readonly unknown[]): void {
  const database = new Sqlite(join(folder.path, 'bootcamp.db'))
  database.prepare(statement).run(...values)
  database.close()
}

async function saveRedis(): Promise<void> {
  const { Redis } = await import('ioredis')
  const client = new Redis(redis.url)
  await client.save()
  client.disconnect()
}
