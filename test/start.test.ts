import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { readConfig } from '../src/config.ts'
import { AppError } from '../src/core/errors.ts'
import { type EmbeddedRedis, startEmbeddedRedis } from '../src/local/embedded-redis.ts'
import { prepareFolder } from '../src/local/lock-data-folder.ts'
import { startService } from '../src/start-service.ts'
import { serviceEnvironment } from '../tools/service-environment.mjs'
import { queryRows } from './support/database/database-rows.ts'
import { freePort } from './support/free-port.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { createTempFolder } from './support/temp-folder.ts'
import { waitFor } from './support/wait-for.ts'

/** The entries as an operator starts them: real processes, told by signals and by what they print. */

jest.setTimeout(120_000)

const ROOT = resolve(import.meta.dirname, '..')

let folder: Awaited<ReturnType<typeof createTempFolder>>
let started: Process[]

beforeEach(async () => {
  folder = await createTempFolder()
  started = []
})

afterEach(async () => {
  for (const process_ of started) process_.child.kill('SIGKILL')
  await Promise.all(started.map((process_) => process_.ended))
  await waitFor(() => childrenOf(folder.path).length === 0, 'every child to be gone')
  await folder.remove()
})

interface Process {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  output(): string
  says(words: string | RegExp): Promise<void>
}

function start(entry: string, env: Readonly<Record<string, string>>, args: readonly string[] = []): Process {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, 'src', entry), ...args], {
    cwd: folder.path,
    env: serviceEnvironment({
      PATH: process.env.PATH,
      DATA_DIR: join(folder.path, 'data'),
      LOG_LEVEL: 'info',
      ...env,
    }),
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const ended = new Promise<number | null>((settle) => child.once('close', (code) => settle(code)))
  const made: Process = {
    child,
    ended,
    output: () => output,
    says: (words) =>
      waitFor(
        () => (typeof words === 'string' ? output.includes(words) : words.test(output)),
        () => `the process to say ${words}; it said: ${output}`,
        40_000,
      ),
  }
  started.push(made)
  return made
}

/** Processes whose command line names the folder, other than those this test started itself. */
function childrenOf(path: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(path) && !line.includes(' ps '))
}

async function signUp(port: number, email: string): Promise<number> {
  const response = await fetch(`http://localhost:${port}/sign-up`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, timeZone: 'Europe/Berlin', hour: 7 }),
  })
  return response.status
}

/** Mails that the embedded mailbox keeps as files. */
function mailsKept(): string[] {
  const box = join(folder.path, 'data', 'mailbox')
  if (!existsSync(box)) return []
  return readdirSync(box, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.eml'))
    .map((file) => readFileSync(join(box, file), 'utf8'))
}

function linkIn(mail: string, kind: string): string {
  const unfolded = mail.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=')
  return new RegExp(`http://localhost:\\d+/${kind}/[\\w-]+`).exec(unfolded)?.[0] ?? ''
}

/** What an entry says that does not start. */
async function refused(env: Readonly<Record<string, string>>, entry = 'start.ts'): Promise<string> {
  const service = start(entry, env)
  expect(await service.ended).not.toBe(0)
  expect(service.output()).not.toMatch(/\n\s+at /)
  return service.output()
}

test('npm start with nothing configured runs once, says where everything is, ends on Ctrl-C and leaves nobody behind', async () => {
  const port = await freePort()
  const service = start('start.ts', { PORT: String(port) })
  await service.says('Sign up here')
  await service.says(`http://localhost:${port}`)
  await service.says('Read the emails here')
  await service.says(join(folder.path, 'data'))
  // Not a terminal: whoever reads the log must not become the owner of the desk.
  await service.says('npm run desk -- link')
  expect((await fetch(`http://localhost:${port}/readyz`)).status).toBe(200)
  expect(childrenOf(folder.path).length).toBeGreaterThan(0)
  expect(await refused({ PORT: String(await freePort()) })).toMatch(/Another copy of this service/)

  service.child.kill('SIGINT')
  expect(await service.ended).toBe(0)
  await waitFor(() => childrenOf(folder.path).length === 0, 'every child to be gone')
})

test('what one start left the next one sends: pending lessons go on, also after a kill', async () => {
  const port = await freePort()
  const first = start('start.ts', { PORT: String(port), COURSE_DAY: '4s' })
  await first.says('Sign up here')
  expect(await signUp(port, 'ada@example.test')).toBe(200)
  await waitFor(
    () => linkIn(mailsKept()[0] ?? '', 'confirm') !== '',
    () => `the confirmation mail, have ${mailsKept()[0]}`,
  )
  expect((await fetch(linkIn(mailsKept()[0] ?? '', 'confirm'), { method: 'POST' })).status).toBe(200)
  // The mailbox writes its file while the message still comes in; only the row says that it was taken.
  const dataDir = join(folder.path, 'data')
  await waitFor(
    () => queryRows(dataDir, 'select state from delivery where day = 1')[0]?.state === 'sent',
    'the first lesson to be recorded',
  )
  first.child.kill('SIGKILL')
  await first.ended
  await waitFor(() => childrenOf(folder.path).length === 0, 'the children to notice that their parent was killed')

  const second = start('start.ts', { PORT: String(port), COURSE_DAY: '4s' })
  await second.says('Sign up here')
  await waitFor(() => mailsKept().length >= 4, 'two more lessons', 40_000)
  const subjects = mailsKept().map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1]?.trim())
  expect(new Set(subjects).size).toBe(subjects.length)
  second.child.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})

describe('whatever the umask', () => {
  const looseModes = (path: string): string[] => {
    const found = lstatSync(path)
    if (found.isSymbolicLink()) return []
    const mode = found.mode & 0o777
    const own = mode === (found.isDirectory() ? 0o700 : 0o600) ? [] : [`${path} ${mode.toString(8)}`]
    const within = found.isDirectory() ? readdirSync(path).flatMap((name) => looseModes(join(path, name))) : []
    return [...own, ...within]
  }
  let before: number
  beforeEach(() => {
    before = process.umask(0)
  })
  afterEach(() => {
    process.umask(before)
  })

  test('every file of the data is 0600 and every folder 0700, those that were there before too', async () => {
    const dataDir = join(folder.path, 'data')
    const elsewhere = join(folder.path, 'elsewhere')
    for (const path of ['data/redis/appendonlydir', 'data/backups/2025', 'data/mailbox', 'elsewhere'])
      mkdirSync(join(folder.path, path), { recursive: true })
    for (const path of ['data/last-dot', 'data/backups/2025/copy.db', 'data/mailbox/old.eml', 'elsewhere/notes'])
      writeFileSync(join(folder.path, path), '', { mode: 0o666 })
    symlinkSync(join(elsewhere, 'notes'), join(dataDir, 'link'))

    const port = await freePort()
    const settings = { PORT: String(port), DATABASE_URL: `sqlite:${join(elsewhere, 'course.db')}` }
    const service = start('start.ts', settings)
    await service.says('Sign up here')
    expect(await signUp(port, 'ada@example.test')).toBe(200)
    await waitFor(() => mailsKept().length > 0, 'the confirmation mail')
    expect(existsSync(join(elsewhere, 'course.db-wal'))).toBe(true)
    expect(looseModes(dataDir)).toEqual([])
    const open = looseModes(elsewhere).map((line) => line.slice(folder.path.length))
    // A folder that is not the service's own, and what else lies in it, is left alone.
    expect(open).toEqual(['/elsewhere 777', '/elsewhere/notes 666'])
    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(0)
    expect(looseModes(dataDir)).toEqual([])

    chmodSync(join(elsewhere, 'course.db'), 0o644)
    const doctor = start('command.ts', settings, ['doctor'])
    await doctor.ended
    expect(doctor.output()).toContain(`Other users can access ${join(elsewhere, 'course.db')}.`)
    expect(looseModes(elsewhere)).toHaveLength(3)
    const mail = start('command.ts', settings, ['mail', 'status'])
    await mail.ended
    expect(looseModes(elsewhere)).toHaveLength(2)
  })
})

describe('what stands in the way is said in one sentence with the cure, and the status is not 0', () => {
  /** Without a mailbox of its own, which has no part in it. */
  const SMTP_URL = 'smtp://127.0.0.1:1'
  test('a data folder that cannot be written', async () => {
    writeFileSync(join(folder.path, 'file'), '')
    const output = await refused({ DATA_DIR: join(folder.path, 'file', 'data') })
    expect(output).toMatch(/Cannot write to the data folder.*set DATA_DIR/)
  })

  test('a Redis that cannot be reached', async () => {
    const REDIS_URL = `redis://127.0.0.1:${await freePort()}`
    const output = await refused({ PORT: String(await freePort()), REDIS_URL, SMTP_URL })
    expect(output).toMatch(/Redis cannot be reached/)
  })

  test('several wrong settings, all at once', async () => {
    const output = await refused({ PORT: 'many', COURSE_DAY: 'soon', COURSE: 'No Such' })
    expect(output).toMatch(/PORT/)
    expect(output).toMatch(/COURSE_DAY/)
    expect(output).toMatch(/COURSE:/)
  })

  test('production without SMTP_URL', async () => {
    const service = start('start.ts', {
      NODE_ENV: 'production',
      SECRET_KEY: 'k'.repeat(40),
      MAIL_FROM: 'a@course.example',
      MAIL_ADDRESS: '1 Example Street',
      PUBLIC_URL: 'https://course.example',
    })
    expect(await service.ended).toBe(1)
    expect(service.output()).toMatch(/^SMTP_URL is not set, .* Set SMTP_URL to your mail relay\.\s*$/)
  })

  test('a worker without REDIS_URL and SMTP_URL', async () => {
    const output = await refused({}, 'worker.ts')
    expect(output).toMatch(/REDIS_URL/)
    expect(output).toMatch(/SMTP_URL/)
  })
})

/** An AppError, of which an entry prints the sentence alone, as the tests above show. */
describe('what stands in the way once the settings are read is such an error', () => {
  async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
    const config = readConfig({
      ...{ NODE_ENV: 'test', LOG_LEVEL: 'silent', SMTP_URL: 'smtp://127.0.0.1:1' },
      ...{ DATA_DIR: join(folder.path, 'data'), PORT: String(await freePort()) },
      ...env,
    })
    prepareFolder(config.dataDir)
    const error = await startService(config).then(
      (running) => running.close(),
      (problem: unknown) => problem,
    )
    expect(error).toBeInstanceOf(AppError)
    return (error as AppError).message
  }

  test('a taken port', async () => {
    const port = await freePort()
    const taken = createServer().listen(port)
    try {
      expect(await refusal({ PORT: String(port) })).toMatch(/Port \d+ is in use.*PORT=/)
    } finally {
      await new Promise((settle) => taken.close(settle))
    }
  })

  test('a course that does not exist', async () => {
    expect(await refusal({ COURSE: 'nowhere' })).toMatch(/no folder lessons\/nowhere/)
  })

  test('an address of another machine for the metrics', async () => {
    expect(await refusal({ METRICS_PORT: '203.0.113.1:9464', METRICS_TOKEN: 'a-token-of-some-length' })).toMatch(
      /METRICS_PORT names an address that this machine does not have\. Choose one/,
    )
  })
})

describe('the processes of the Procfile', () => {
  let redis: EmbeddedRedis
  let mail: MailServer

  beforeEach(async () => {
    redis = await startEmbeddedRedis({ dataDir: join(folder.path, 'r') })
    mail = await startMailServer()
  })

  afterEach(async () => {
    for (const process_ of started) process_.child.kill('SIGKILL')
    await Promise.all(started.map((process_) => process_.ended))
    await mail.close()
    await redis.stop()
  })

  test('migrate, web and worker share one database and Redis, start nothing of their own, and drain on SIGTERM', async () => {
    const port = await freePort()
    const env = { PORT: String(port), REDIS_URL: redis.url, SMTP_URL: mail.url, COURSE_DAY: '2s' }
    const migrate = start('migrate.ts', env)
    expect(await migrate.ended).toBe(0)
    const web = start('web.ts', env)
    const worker = start('worker.ts', env)
    await web.says('the site is listening')
    await worker.says('the worker has started')
    expect(readdirSync(join(folder.path, 'data'))).not.toContain('redis')
    expect(readdirSync(join(folder.path, 'data'))).not.toContain('mailbox')

    expect(await signUp(port, 'bea@example.test')).toBe(200)
    const [confirmation] = await mail.waitForMail('bea@example.test')
    await fetch(linkIn(confirmation?.mail.text ?? '', 'confirm'), { method: 'POST' })
    await mail.waitForMail('bea@example.test', 3)

    web.child.kill('SIGTERM')
    worker.child.kill('SIGTERM')
    expect(await web.ended).toBe(0)
    expect(await worker.ended).toBe(0)
    expect(worker.output() + web.output()).not.toContain('bea@example.test')
  })

  test('web and worker go on without Redis, and say so', async () => {
    const nowhere = `redis://127.0.0.1:${await freePort()}`
    const port = await freePort()
    const env = { PORT: String(port), REDIS_URL: nowhere, SMTP_URL: mail.url }
    const web = start('web.ts', env)
    await web.says('the site is listening')
    expect(web.output()).toMatch(/Redis cannot be reached/)
    expect(await signUp(port, 'cleo@example.test')).toBe(200)
    const ready = await fetch(`http://localhost:${port}/readyz`)
    expect(ready.status).toBe(503)
    const worker = start('worker.ts', env)
    await worker.says('the worker has started')
    await mail.waitForMail('cleo@example.test')
  })
})
