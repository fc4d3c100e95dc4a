// Keeps a database of this version for test/store/database/earlier-databases.test.ts: runs the service, lets eight people sign up,
// and writes what it has stored as SQL. Run it before a migration is added.
//   node tools/run.mjs tools/keep-database.mjs [folder of another version, with its node_modules]
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import Sqlite from 'better-sqlite3'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { root } from './node-version.mjs'

const KEPT = join(root, 'test/fixtures/databases')
const COURSE = 'three-days'
const WRITTEN = 'A walk before breakfast.'
const PATIENCE_MS = 60_000

const tree = resolve(process.argv[2] ?? root)
const data = mkdtempSync(join(tmpdir(), 'bootcamp-kept-'))
const emails = []
const counts = new Map()
const relay = startRelay()
await once(relay.listen(0, '127.0.0.1'), 'listening')
const port = await freePort()
const url = `http://127.0.0.1:${port}`
const env = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: 'development',
  PORT: String(port),
  PUBLIC_URL: url,
  DATA_DIR: data,
  COURSE,
  // A day that is over while the service runs would send the second lesson.
  COURSE_DAY: '10m',
  SECRET_KEY: 'a secret that only tests know, 0123456789',
  SMTP_URL: `smtp://127.0.0.1:${relay.server.address().port}`,
  SIGN_UP_LIMIT: '1000',
  LOG_LEVEL: 'error',
}
const course = join(tree, 'lessons', COURSE)
const isBorrowed = !existsSync(course)
let service = null
try {
  if (isBorrowed) cpSync(join(tree, 'test/fixtures/courses', COURSE), course, { recursive: true })
  service = spawn(process.execPath, [join(tree, 'src/start.ts')], { cwd: tree, env, stdio: 'inherit', detached: true })
  await until(
    () =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    'the service',
  )
  await fill()
  end('SIGKILL')
  await sleep(500)
  const command = [join(tree, 'src/command.ts'), 'suppression', 'add', addressOf('hal')]
  if (existsSync(join(tree, 'src/cli/suppression.ts'))) spawnSync(process.execPath, command, { cwd: tree, env })
  keep()
} finally {
  end('SIGKILL')
  relay.close()
  if (isBorrowed) rmSync(course, { recursive: true, force: true })
  rmSync(data, { recursive: true, force: true })
}
process.exit(0)

/** Ends the service and the Redis that it has started. */
function end(signal) {
  try {
    if (service !== null) process.kill(-service.pid, signal)
  } catch {}
}

/** What becomes of each person's first lesson follows from the name. */
async function fill() {
  await signUp('ben')
  for (const name of ['ada', 'cleo', 'hal', 'dora', 'emil', 'finn']) await confirm(name)
  await write(linkIn(await email('ada', 1), '/l/'))
  const { raw } = await email('cleo', 1)
  const oneClick = /^List-Unsubscribe: *(?:<mailto:[^>]*>, *)?<(http[^>]*)>/im.exec(
    raw.replaceAll(/\r\n[ \t]+/g, ' '),
  )?.[1]
  await post(oneClick, { 'List-Unsubscribe': 'One-Click' })
  await email('hal', 1)
  await sleep(500)
  await confirm('gus')
  await until(() => counts.get(addressOf('gus')) === 2, 'the message that is never answered')
  await sleep(500)
}

async function signUp(name) {
  const form = { email: addressOf(name), name, timeZone: 'Europe/Berlin', hour: '7' }
  await post(`${url}/sign-up`, form)
  await email(name, 0)
}

async function confirm(name) {
  await signUp(name)
  await post(linkIn(await email(name, 0), '/confirm/'))
}

/** Fills in every field of the exercise. */
async function write(page) {
  const html = await (await fetch(page)).text()
  const form = {}
  for (const [tag] of html.slice(html.indexOf('<main')).matchAll(/<(?:input|textarea)\b[^>]*>/g)) {
    const [, name] = /\bname="([^"]*)"/.exec(tag) ?? []
    const [, type = 'text'] = /\btype="([^"]*)"/.exec(tag) ?? []
    const [, value] = /\bvalue="([^"]*)"/.exec(tag) ?? []
    if (name === undefined || name in form) continue
    if (['hidden', 'radio', 'checkbox'].includes(type)) form[name] = value ?? ''
    else form[name] = ['range', 'number'].includes(type) ? '5' : WRITTEN
  }
  await post(page, form)
}

async function post(address, form = {}) {
  const headers = { origin: url, 'sec-fetch-site': 'same-origin' }
  const answer = await fetch(address, { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' })
  if (answer.status >= 400) throw new Error(`${new URL(address).pathname} was answered with ${answer.status}.`)
}

async function email(name, index) {
  const found = () => emails.filter(({ to }) => to === addressOf(name))[index]
  await until(found, `email ${index + 1} for ${name}`)
  const { raw } = found()
  return { raw, text: (await PostalMime.parse(raw)).text }
}

function linkIn({ text }, part) {
  return new RegExp(`https?://[^\\s<>")]*${part}[^\\s<>")]*`).exec(text)?.[0]
}

/** Takes each person's first email. Of the lessons it refuses one for now and one for good, and leaves two without an answer. */
function startRelay() {
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      const refusals = { dora: [451, '4.2.1 try again later'], emil: [550, '5.1.1 no such user'] }
      const refusal = counts.has(address) ? refusals[address.split('@')[0]] : undefined
      done(refusal && Object.assign(new Error(refusal[1]), { responseCode: refusal[0] }))
    },
    async onData(stream, session, done) {
      const raw = Buffer.concat(await stream.toArray()).toString()
      const to = session.envelope.rcptTo[0].address
      const isFirst = !counts.has(to)
      counts.set(to, (counts.get(to) ?? 0) + 1)
      if (!isFirst && to === addressOf('gus')) return
      if (!isFirst && to === addressOf('finn'))
        for (const { id, _socket } of server.connections) if (id === session.id) return _socket.destroy()
      emails.push({ to, raw })
      done()
    },
  })
  // A connection that ends without QUIT.
  server.on('error', () => {})
  return server
}

function addressOf(name) {
  return `${name}@example.test`
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

async function until(condition, what) {
  for (const limit = Date.now() + PATIENCE_MS; !(await condition()); await sleep(100))
    if (Date.now() > limit) throw new Error(`Waited too long for ${what}.`)
}

function keep() {
  const db = new Sqlite(join(data, 'bootcamp.db'))
  if (db.prepare('select 1 from suppression').get() === undefined)
    db.exec(`insert into suppression (address_key, reason, created_at)
      select address_key, 'operator', created_at from learner where address = '${addressOf('hal')}'`)
  db.exec(`update delivery set state = 'expired', due_at = due_at - 200000000
    where day = 3 and learner_id = (select id from learner where address = '${addressOf('ada')}')`)
  db.exec(`update delivery set lease_owner = 'former/1/1' where lease_owner is not null`)
  fillDesk(db)
  const { name } = db.prepare('select max(name) as name from kysely_migration').get()
  const file = join(KEPT, `${name}.sql.gz`)
  writeFileSync(file, gzipSync(statements(db).join('\n'), { level: 9 }))
  console.log(file)
  console.log(db.prepare('select state, count(*) as n from delivery group by state').all())
  db.close()
}

/** A question of Ada's, with what those who answer and the library have of it: of versions that have every table for it. */
function fillDesk(db) {
  if (db.prepare("select 1 from sqlite_master where name = 'published_question'").get() === undefined) return
  const ada = db
    .prepare(
      'select e.id as enrolment, l.id, l.created_at as at from enrolment e join learner l on l.id = e.learner_id where l.address = ?',
    )
    .get(addressOf('ada'))
  const email = db
    .prepare("select id from delivery where learner_id = ? and kind = 'lesson' and day = 1")
    .get(ada.id).id
  const sealed = "x'00'"
  db.exec(`insert into operator (id, address, address_key, role, added_at) values (1, 'author@example.test', 'key', 'author', ${ada.at});
    insert into answers_for (operator_id, course, at) values (1, '${COURSE}', ${ada.at});
    insert into saved_passage (id, course, title, text, operator_id, at) values (1, '${COURSE}', 'Thanks', 'Thank you.', 1, ${ada.at});
    insert into question (id, learner_id, enrolment_id, course, language, day, via, state, urgent, allows_name, asked_at, answered_at, touched_at)
      values (1, ${ada.id}, ${ada.enrolment}, '${COURSE}', 'en', 1, 'email', 'answered', 0, 0, ${ada.at}, ${ada.at}, ${ada.at});
    insert into question_message (id, question_id, learner_id, written_by, operator_id, sealed, via, at)
      values (1, 1, ${ada.id}, 'learner', null, ${sealed}, 'email', ${ada.at}), (2, 1, ${ada.id}, 'author', 1, ${sealed}, 'form', ${ada.at});
    insert into question_draft (question_id, operator_id, sealed, at) values (1, 1, ${sealed}, ${ada.at});
    insert into question_note (id, question_id, asked_by, asked_of, at, sealed, done_at) values (1, 1, 1, 1, ${ada.at}, ${sealed}, ${ada.at});
    insert into question_notice (question_id, operator_id, waiting_since) values (1, 1, ${ada.at});
    insert into reply (id, learner_id, delivery_id, digest, sealed, received_at, attempts, next_try_at, settled_at, outcome)
      values (1, ${ada.id}, ${email}, 'digest', x'', ${ada.at}, 1, ${ada.at}, ${ada.at}, 'question');
    insert into publication (question_id, version, state, sealed, proposed_at, decided_at)
      values (1, 1, 'accepted', ${sealed}, ${ada.at}, ${ada.at});
    insert into published_question (id, code, question_id, goes_with, course, language, question, answer, follow_up, second_answer, library,
      text_hash, published_at) values ('first', 'code', 1, 1, '${COURSE}', 'en', 'When?', 'Early.', '', '', 'open', 'hash', ${ada.at})`)
}

/** Tables, then their rows, then indexes. */
function statements(db) {
  const all = db
    .prepare("select name, type, sql from sqlite_master where sql is not null and name not like 'sqlite%'")
    .all()
  const [tables, others] = [all.filter(({ type }) => type === 'table'), all.filter(({ type }) => type !== 'table')]
  const rows = tables.flatMap(({ name }) =>
    db
      .prepare(`select * from "${name}"`)
      .all()
      .map((row) => `insert into "${name}" (${Object.keys(row)}) values (${Object.values(row).map(literal)});`),
  )
  const sequences = db
    .prepare('select name, seq from sqlite_sequence')
    .all()
    .map(({ name, seq }) => `update sqlite_sequence set seq = ${seq} where name = '${name}';`)
  return [...tables.map(({ sql }) => `${sql};`), ...rows, ...sequences, ...others.map(({ sql }) => `${sql};`)]
}

function literal(value) {
  if (value === null || typeof value === 'number') return String(value)
  return Buffer.isBuffer(value) ? `x'${value.toString('hex')}'` : `'${value.replaceAll("'", "''")}'`
}
