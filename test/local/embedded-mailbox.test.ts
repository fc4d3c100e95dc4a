import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTransport } from 'nodemailer'
import { startEmbeddedMailbox } from '../../src/local/embedded-mailbox.ts'
import { freePort } from '../support/free-port.ts'
import { createTempFolder } from '../support/temp-folder.ts'

const library = fileURLToPath(new URL('../../src/local/embedded-mailbox.ts', import.meta.url))
let dataDir = ''
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bootcamp-mailbox-'))
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

test('it takes a mail, shows it, and shows it again after a restart', async () => {
  const first = await startEmbeddedMailbox({ dataDir, smtpPort: 0, webPort: 0 })
  const transport = createTransport(first.smtpUrl)
  await transport.sendMail({
    from: 'course@course.example',
    to: 'a@b.example',
    subject: 'Day 1: größer',
    text: 'Hello.',
    html: '<p onclick="alert(1)">Hello.</p><script>alert(2)</script>',
  })
  transport.close()
  expect(await subjects(first.webUrl)).toEqual(['Day 1: größer'])
  // Without what could run in its page.
  expect(await shownHtml(first.webUrl)).toMatch(/<p>Hello\.<\/p>\s*<\/body>/)
  expect(await page(first.webUrl)).toContain('<html')
  await first.stop()
  expect(isAlive(first.pid())).toBe(false)

  const second = await startEmbeddedMailbox({ dataDir, smtpPort: 0, webPort: 0 })
  expect(await subjects(second.webUrl)).toEqual(['Day 1: größer'])
  await second.stop()
})

test('where its ports are taken it uses free ones', async () => {
  const taken = await Promise.all([listen(), listen()])
  const [smtpPort, webPort] = taken.map(portOf) as [number, number]
  const mailbox = await startEmbeddedMailbox({ dataDir, smtpPort, webPort })
  expect(Number(URL.parse(mailbox.smtpUrl)?.port)).not.toBe(smtpPort)
  expect(Number(URL.parse(mailbox.webUrl)?.port)).not.toBe(webPort)
  expect(await page(mailbox.webUrl)).toContain('<html')
  await mailbox.stop()
  for (const server of taken) server.close()
})

test('the web view keeps its port across restarts, also where it had to be another', async () => {
  const taken = await listen()
  const webPort = portOf(taken)
  const first = await startEmbeddedMailbox({ dataDir, smtpPort: 0, webPort })
  expect(first.webUrl).not.toContain(String(webPort))
  await first.stop()
  taken.close()
  const second = await startEmbeddedMailbox({ dataDir, smtpPort: 0, webPort })
  expect(second.webUrl).toBe(first.webUrl)
  // Another one beside it, such as the preview's, changes nothing.
  const beside = await startEmbeddedMailbox({ dataDir, smtpPort: 0, webPort, remember: false })
  expect(beside.webUrl).not.toBe(second.webUrl)
  await beside.stop()
  await second.stop()
  const third = await startEmbeddedMailbox({ dataDir, smtpPort: 0, webPort })
  expect(third.webUrl).toBe(first.webUrl)
  await third.stop()
})

test('a port that was asked for is that one, or told to be taken', async () => {
  const fixedPort = await freePort()
  const mailbox = await startEmbeddedMailbox({ dataDir, smtpPort: 0, fixedPort })
  expect(mailbox.webUrl).toBe(`http://localhost:${fixedPort}`)
  const other = await createTempFolder()
  await expect(startEmbeddedMailbox({ dataDir: other.path, smtpPort: 0, fixedPort })).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringMatching(/Port \d+ for the built-in mailbox is already in use\..*MAILBOX_PORT/),
  })
  await other.remove()
  await mailbox.stop()
})

test('two that start at the same moment both run', async () => {
  const other = await createTempFolder()
  const ports = { smtpPort: await freePort(), webPort: await freePort() }
  const both = await Promise.all([
    startEmbeddedMailbox({ dataDir, ...ports }),
    startEmbeddedMailbox({ dataDir: other.path, ...ports }),
  ])
  try {
    expect(new Set(both.map(({ smtpUrl }) => smtpUrl)).size).toBe(2)
  } finally {
    await Promise.all(both.map((mailbox) => mailbox.stop()))
    await other.remove()
  }
})

test('it is gone when its parent is killed outright', async () => {
  const script = `
    import { startEmbeddedMailbox } from ${JSON.stringify(library)}
    const mailbox = await startEmbeddedMailbox({ dataDir: ${JSON.stringify(dataDir)}, smtpPort: 0, webPort: 0 })
    setInterval(() => {}, 1000)
    console.log(mailbox.pid())
  `
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = Number(await new Promise<string>((settle) => parent.stdout.once('data', (data) => settle(String(data)))))
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  const patience = Date.now() + 10_000
  while (isAlive(pid) && Date.now() < patience) await new Promise((settle) => setTimeout(settle, 20))
  expect(isAlive(pid)).toBe(false)
})

async function subjects(webUrl: string): Promise<string[]> {
  const mails = (await (await fetch(`${webUrl}/api/email`)).json()) as { subject: string }[]
  return mails.map((mail) => mail.subject)
}

async function shownHtml(webUrl: string): Promise<string> {
  const [mail] = (await (await fetch(`${webUrl}/api/email`)).json()) as { id: string }[]
  return (await fetch(`${webUrl}/api/email/${mail?.id}/html`)).text()
}

async function page(webUrl: string): Promise<string> {
  return (await fetch(webUrl, { headers: { accept: 'text/html' } })).text()
}

function listen(): Promise<Server> {
  return new Promise((settle) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => settle(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
