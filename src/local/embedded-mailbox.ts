import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AppError } from '../core/errors.ts'
import type { SmtpServer } from '../core/service-urls/relay-url.ts'
import { prepareFolder } from './lock-data-folder.ts'
import type { MailboxOptions, MailboxReply } from './mailbox-process.ts'

export interface EmbeddedMailbox {
  readonly smtpUrl: string
  readonly server: SmtpServer
  /** URL of the web view. */
  readonly webUrl: string
  pid(): number
  stop(): Promise<void>
}

const LOOPBACK = '127.0.0.1'
/** Only the newest emails are kept, as files. */
const MAX_EMAILS = 2_000
const STOP_LIMIT_MS = 5_000
const PORTS_TRIED = 100

/**
 * Starts a mailbox that accepts email for every address, delivers none and shows it in a browser on this machine only.
 * Emails are stored under `<dataDir>/mailbox`. The web view reuses its last port, so that bookmarks keep working; at
 * first 1080 or the next free port. Runs in a separate process, because the library has many dependencies. Throws
 * AppError 'misconfigured' if it cannot start.
 */
export async function startEmbeddedMailbox(options: {
  readonly dataDir: string
  /** 1025 by default; 0 takes any free port. */
  readonly smtpPort?: number
  /** Required port (MAILBOX_PORT). If null or omitted: the last port used, or 1080, or the next free one. */
  readonly fixedPort?: number | null
  /** False for a mailbox other than the service's own, so that its port is not saved. */
  readonly remember?: boolean
  /** 1080 by default; 0 takes any free port. */
  readonly webPort?: number
  readonly onProblem?: (sentence: string) => void
}): Promise<EmbeddedMailbox> {
  const folder = resolve(options.dataDir, 'mailbox')
  prepareFolder(folder)
  const portFile = options.remember === false ? null : join(resolve(options.dataDir), 'mailbox-port')
  const wanted = { smtpPort: await freePort(options.smtpPort ?? 1025), webPort: await chooseWebPort(options, portFile) }
  // Another copy that is starting may take a port between the check and listening; retry with any free port.
  const { child, word } =
    (await launch(folder, wanted, /EADDRINUSE/)) ??
    (await launch(folder, { smtpPort: 0, webPort: options.fixedPort ?? 0 }, null))
  if (portFile !== null) savePort(portFile, word.webPort)
  let stopping = false
  child.once('exit', () => {
    if (!stopping)
      options.onProblem?.('The built-in test mailbox stopped. Emails wait until the service is started again.')
  })
  return {
    smtpUrl: `smtp://${LOOPBACK}:${word.smtpPort}`,
    server: { secure: false, host: LOOPBACK, port: word.smtpPort, credentials: null },
    webUrl: `http://localhost:${word.webPort}`,
    pid: () => child.pid ?? 0,
    stop() {
      stopping = true
      return stop(child)
    },
  }
}

interface Launched {
  readonly child: ChildProcess
  readonly word: { readonly smtpPort: number; readonly webPort: number }
}

/** Returns the process and its first message; null if a retry may help. Throws AppError for any other error. */
async function launch(
  folder: string,
  ports: { readonly smtpPort: number; readonly webPort: number },
  retryOn: RegExp,
): Promise<Launched | null>
async function launch(
  folder: string,
  ports: { readonly smtpPort: number; readonly webPort: number },
  retryOn: null,
): Promise<Launched>
async function launch(
  folder: string,
  ports: { readonly smtpPort: number; readonly webPort: number },
  retryOn: RegExp | null,
): Promise<Launched | null> {
  const child = fork(fileURLToPath(new URL('./mailbox-process.ts', import.meta.url)), {
    // Its own session, so that Ctrl-C does not end it before the last email is accepted. Closing the channel ends it.
    detached: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const word = await firstReply(child, { folder, host: LOOPBACK, ...ports, maxEmails: MAX_EMAILS })
  if (!('fault' in word)) return { child, word }
  await stop(child)
  if (retryOn?.test(word.fault)) return null
  throw new AppError(
    'misconfigured',
    `The built-in test mailbox did not start: ${word.fault}. Fix that, or set SMTP_URL to your own mail server.`,
  )
}

/** Throws AppError `misconfigured` if the required port is in use. */
async function chooseWebPort(
  { fixedPort = null, webPort = 1080 }: { readonly fixedPort?: number | null; readonly webPort?: number },
  portFile: string | null,
): Promise<number> {
  if (fixedPort !== null) {
    if (await becomesFree(fixedPort)) return fixedPort
    throw new AppError(
      'misconfigured',
      `Port ${fixedPort} for the built-in mailbox is already in use. Stop the program that uses it, or set MAILBOX_PORT to another port.`,
    )
  }
  if (webPort === 0) return 0
  const kept = portFile === null ? null : readSavedPort(portFile)
  if (kept !== null && (await becomesFree(kept))) return kept
  for (let port = webPort; port < Math.min(webPort + PORTS_TRIED, 65_536); port += 1) {
    if ((await freePort(port)) !== 0) return port
  }
  return 0
}

/** Waits a moment, since the mailbox of a killed service does not release its port at once. */
async function becomesFree(port: number): Promise<boolean> {
  for (let tries = 0; tries < 20; tries += 1) {
    if ((await freePort(port)) !== 0) return true
    await sleep(100)
  }
  return false
}

function readSavedPort(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null
  } catch {
    return null
  }
}

/** Best effort: if the port cannot be saved, the next start may choose another. */
function savePort(file: string, port: number): void {
  try {
    writeFileSync(file, `${port}\n`, { mode: 0o600 })
  } catch {}
}

/** The requested port, or 0 (any free port) if it is in use. */
function freePort(wanted: number): Promise<number> {
  return new Promise((settle) => {
    const probe = createServer()
    probe.once('error', () => settle(0))
    probe.listen(wanted, LOOPBACK, () => probe.close(() => settle(wanted)))
  })
}

function firstReply(child: ChildProcess, order: MailboxOptions): Promise<MailboxReply> {
  let output = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk).slice(-2_000)
  })
  return new Promise((settle) => {
    child.once('message', (word) => settle(word as MailboxReply))
    child.once('error', (error) => settle({ fault: error.message }))
    child.once('exit', () => settle({ fault: output.trim().split('\n').at(-1) || 'it ended at once' }))
    child.send(order)
  })
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((settle) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    child.once('exit', () => {
      clearTimeout(limit)
      settle()
    })
    if (child.connected) child.disconnect()
    else child.kill('SIGKILL')
  })
}
