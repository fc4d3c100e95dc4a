import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort } from '../../support/free-port.ts'
import { redisContents } from '../../support/redis-contents.ts'
import { join as joinCourse } from '../../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'
import { waitFor } from '../../support/wait-for.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** The ids of a safety question, its answer, the route it leads to and that route's page all hold this word. */
const MARK = 'plantedmark'

let app: TestApp
let folder: Awaited<ReturnType<typeof createTempFolder>>

beforeAll(async () => {
  folder = await createTempFolder()
  plant(folder.path)
  app = await createTestApp({ ownRedis: true, worker: true, overrides: { lessonsDir: folder.path } })
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

/** The course with marked names in the place of those that would tell. */
function plant(lessons: string): void {
  const course = join(lessons, 'steady-week')
  cpSync(join(ROOT, 'lessons/steady-week'), course, { recursive: true })
  renameSync(join(course, 'pages/support.md'), join(course, `pages/${MARK}-page.md`))
  for (const name of textFiles(course)) {
    const text = readFileSync(name, 'utf8').replaceAll('dark-thoughts', `${MARK}-question`)
    writeFileSync(name, name.endsWith('assessment.yaml') ? plantRoute(text) : text)
  }
}

function plantRoute(yaml: string): string {
  return yaml
    .replaceAll(/(id: )passing\b/g, `$1${MARK}-option`)
    .replaceAll(/(id: |route: )support\b/g, `$1${MARK}-route`)
    .replaceAll(/(route: \[)support\b/g, `$1${MARK}-route`)
    .replaceAll(/page: support\b/g, `page: ${MARK}-page`)
    .replaceAll('Passing thoughts, no plan', `Passing thoughts, no plan ${MARK}`)
}

function textFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
}

const marked = { [`q.${MARK}-question`]: `${MARK}-option` }
const finished = { mode: 'all', go: 'finish', seen: '1', 'q.closest': 'hurt', ...marked }

describe('a safety answer', () => {
  test('is in no mail, database, write-ahead log, queue, metric, cookie or address, before sign-up or after', async () => {
    const visitor = createVisitor(app.url)
    const step = await visitor.post('/courses/steady-week/start', {
      mode: 'one',
      go: 'next',
      at: `${MARK}-question`,
      ...marked,
    })
    expect(step.text).toContain(`value="${MARK}-option"`)
    const outcome = await visitor.post('/courses/steady-week/start', finished)
    expect(outcome.text).toContain('Some support for you')
    expect(visitor.cookies.size).toBe(0)
    const start = /name="start" value="([^"]+)"/.exec(outcome.text)?.[1] ?? ''
    expect(start).not.toBe('')
    expect(Buffer.from(start, 'base64url').toString('latin1')).not.toContain(MARK)

    const address = 'planted@example.org'
    const learner = await joinCourse(app, address, { start, mailPlan: 'on' })
    const path = new URL(learner.lessonLink).pathname
    const applied = await learner.visitor.post(`${path}/start`, finished)
    expect(applied.text).toContain('Some support for you')
    expect(applied.headers.get('location')).toBeNull()
    app.clock.advance(86_400_000)
    const mails = await app.mail.waitForMail(address, 3)
    await learner.visitor.post(`${path}/start`, { again: `${MARK}-question`, ...marked })

    // The course's own words reach the queue, mails and files only where they are meant to: these nowhere.
    for (const { raw, mail } of mails) {
      expect(raw.toString('latin1')).not.toContain(MARK)
      expect(`${mail.text} ${mail.html} ${mail.subject}`).not.toContain(MARK)
      expect(mail.text).not.toMatch(/dark thoughts|support for you/i)
    }
    const files = textFiles(app.dataDir)
    expect(files.some((name) => name.endsWith('-wal'))).toBe(true)
    for (const name of files) expect([name, readFileSync(name, 'latin1').includes(MARK)]).toEqual([name, false])
    expect(await redisContents(app.redis.url)).not.toContain(MARK)
    expect((await visitor.get('/metrics')).text).not.toContain(MARK)
    for (const value of learner.visitor.cookies.values()) expect(value).not.toContain(MARK)
    // What a learner can take along: the file, the print view, the mail as a page.
    const view = /\/v\/[\w-]+/.exec(mails.at(-1)?.mail.text ?? '')?.[0] ?? ''
    for (const taken of [`${path}/notes.txt`, `${path}/print`, view]) {
      const answer = await learner.visitor.get(taken)
      expect(answer.status).toBe(200)
      expect(answer.text).not.toContain(MARK)
    }
  })

  test('is in no log, however much is logged, nor in what the service leaves on the disk', async () => {
    const data = await createTempFolder()
    const port = await freePort()
    const child = spawn(process.execPath, ['src/start.ts'], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(port), DATA_DIR: data.path, LOG_LEVEL: 'trace', REDIS_URL: '', SMTP_URL: '' },
    })
    const log = collect(child)
    try {
      const site = `http://127.0.0.1:${port}`
      await waitFor(async () => (await fetch(`${site}/readyz`).catch(() => null))?.ok ?? false, log, 60_000)
      const answers = { 'q.own-harm': 'not-sure', 'q.dark-thoughts': 'passing', 'q.partner-acts': 'threats' }
      const visitor = createVisitor(site)
      const path = '/courses/steady-week/start'
      const outcome = await visitor.post(path, { ...answers, mode: 'all', go: 'finish', seen: '1' })
      expect(outcome.status).toBe(200)
      await visitor.post(path, { ...answers, mode: 'one', go: 'next', at: 'body' })
      // Too large: it ends in the error handler, which logs.
      const refused = await visitor.post(path, { ...answers, padding: 'x'.repeat(40_000) })
      expect(refused.status).toBe(413)
      const broken = await fetch(`${site}${path}?own-harm`, { method: 'PUT' })
      expect(broken.status).toBe(404)
      child.kill('SIGTERM')
      await once(child, 'exit')
      for (const word of ['own-harm', 'dark-thoughts', 'partner-acts', 'threats', 'passing']) {
        expect(log()).not.toContain(word)
        for (const name of textFiles(data.path)) {
          expect([name, readFileSync(name, 'latin1').includes(word)]).toEqual([name, false])
        }
      }
      expect(log()).not.toBe('')
    } finally {
      child.kill('SIGKILL')
      await data.remove()
    }
  })
})

function collect(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  return () => text
}
