import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type FSWatcher, watch } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { type CoursesRead, readCourses } from '../content/load-courses.ts'
import { loadEmails } from '../content/load-emails.ts'
import { LOCALES, loadLocales } from '../content/load-locales.ts'
import { AppError, ProblemsError } from '../core/errors.ts'
import type { PublicUrl } from '../core/service-urls/public-url.ts'
import type { SmtpServer } from '../core/service-urls/relay-url.ts'
import type { Composer, EmailToCompose } from '../flow/ports/ports.ts'
import { type ComposerOptions, createComposer } from '../mail/message/composer.ts'
import { createSmtpMailer } from '../mail/smtp/smtp-mailer.ts'
import { type CourseName, previewPage, problemsPage, SCRIPT } from './preview-page.ts'
import { type Choice, courseKeyOf, queryOf, readChoice } from './read-choice.ts'

export interface PreviewOptions extends Omit<ComposerOptions, 'emails' | 'locales' | 'hostname'> {
  readonly publicUrl: PublicUrl
  readonly lessonsDir: string
  readonly emailsDir: string
  /** The project's own if left out. */
  readonly localesDir?: string
  /** 0 chooses a free port. */
  readonly port: number
  readonly smtp: SmtpServer
  /** A sentence that says where test emails go. */
  readonly where: string
  /** ms UTC. */
  readonly now: () => number
}

interface Loaded extends CoursesRead {
  readonly composer: Composer
}

/** Editors save a file in several steps. */
const SETTLE_MS = 100
const FORM_LIMIT = 16 * 1024
const TIMEOUT_MS = 30_000

/** Serves every email of every course on loopback, and reloads the files when one changes. */
export async function startPreview(options: PreviewOptions): Promise<{ url: string; close(): Promise<void> }> {
  let loading = load(options)
  // Problems are shown when a page is opened.
  loading.catch(() => {})
  const listeners = new Set<ServerResponse>()
  const watching = watchFolders([options.lessonsDir, options.emailsDir, options.localesDir ?? LOCALES], () => {
    loading = load(options)
    // Notifies the pages after the files are read, so that they reload with the new content.
    const tell = () => {
      for (const listener of listeners) listener.write('data: changed\n\n')
    }
    loading.then(tell, tell)
  })
  const mailer = createSmtpMailer({
    server: options.smtp,
    clientName: 'localhost',
    socketTimeoutMs: TIMEOUT_MS,
    connections: 1,
  })

  const server = createServer((request, response) => {
    answer(request, response).catch(async (error: unknown) => {
      const names = await nameCourses()
      const asked = new URL(request.url ?? '/', 'http://localhost').searchParams.get('course')
      if (error instanceof ProblemsError)
        return send(response, 200, 'text/html', problemsPage(error.problems, names, asked))
      if (error instanceof AppError && request.method === 'GET') {
        const problem = { file: 'This email', what: error.message, fix: '' }
        return send(response, 200, 'text/html', problemsPage([problem], names, asked))
      }
      const known = error instanceof AppError
      if (!known) console.error(error)
      send(
        response,
        known ? 400 : 500,
        'text/plain',
        known ? error.message : 'The preview failed. See the terminal for details.',
      )
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const route = `${request.method} ${url.pathname}`
    if (!isSameOrigin(request))
      return send(response, 403, 'text/plain', 'Open the preview directly at its own address.')
    if (route === 'GET /events') return listen(response)
    if (route === 'GET /preview.js') return send(response, 200, 'text/javascript', SCRIPT)
    if (route === 'GET /') return showPage(response, url.searchParams)
    if (route === 'GET /mail') return showMail(response, url.searchParams)
    if (route === 'POST /send') return sendTest(response, await readForm(request))
    send(response, 404, 'text/plain', 'Page not found.')
  }

  /** All courses, including those with problems. */
  async function nameCourses(): Promise<readonly CourseName[]> {
    const loaded = await loading.catch(() => null)
    if (loaded === null) return []
    const right = loaded.courses.inEveryLanguage().map((course) => ({ name: courseKeyOf(course), title: course.title }))
    const wrong = [...loaded.problemsByCourse.keys()].map((name) => ({ name, title: `${name} (to be corrected)` }))
    return [...right, ...wrong].sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  async function choose(given: URLSearchParams, to: string): Promise<{ choice: Choice; composer: Composer }> {
    const { courses, composer, problems, problemsByCourse } = await loading
    const asked = given.get('course')
    const broken = asked === null ? undefined : problemsByCourse.get(asked)
    if (broken !== undefined) throw new ProblemsError(broken)
    if (courses.all().length === 0 && problems.length > 0) throw new ProblemsError(problems)
    const choice = readChoice(courses, given, { publicUrl: options.publicUrl, to, date: options.now() })
    if (choice === null) throw new AppError('misconfigured', 'There is no course to show.')
    return { choice, composer }
  }

  async function showPage(response: ServerResponse, given: URLSearchParams): Promise<void> {
    const { choice, composer } = await choose(given, 'mara@example.test')
    // Builds the whole message even if only its HTML is shown, to reveal anything that would prevent sending.
    await composer.compose(choice.chosen.email)
    const body = choice.part === 'html' ? null : await read(composer, choice.chosen.email, choice.part)
    send(response, 200, 'text/html', previewPage(choice, body, given.get('sent'), options.where, await nameCourses()))
  }

  async function showMail(response: ServerResponse, given: URLSearchParams): Promise<void> {
    const { choice, composer } = await choose(given, 'mara@example.test')
    const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src ${choice.images ? '*' : "'none'"}`
    response.setHeader('Content-Security-Policy', policy)
    send(response, 200, 'text/html', withColorScheme(composer.show(choice.chosen.email), choice.colorScheme))
  }

  async function sendTest(response: ServerResponse, form: URLSearchParams): Promise<void> {
    const to = (form.get('to') ?? '').trim()
    const { choice, composer } = await choose(form, to)
    const messageId = `test-${randomUUID()}@${options.publicUrl.hostname}`
    const message = await composer.compose({ ...choice.chosen.email, messageId })
    const result = await mailer.send(message, async () => true)
    const sent =
      result.kind === 'accepted'
        ? `Sent to ${to}.`
        : `Not sent: ${'reply' in result ? result.reply : 'reason' in result ? result.reason : 'withdrawn'}`
    response.setHeader('Location', `/?${queryOf(choice, { sent })}`)
    send(response, 303, 'text/plain', sent)
  }

  function listen(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write('retry: 500\n\n')
    listeners.add(response)
    response.on('close', () => listeners.delete(response))
  }

  server.listen(options.port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    const fix = 'Stop what uses it, or choose another: npm run preview -- 3031'
    throw new AppError('misconfigured', `Port ${options.port} is already in use. ${fix}`, { cause })
  }
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const watcher of watching) watcher.close()
      for (const listener of listeners) listener.end()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await mailer.close()
    },
  }
}

async function load(options: PreviewOptions): Promise<Loaded> {
  const [found, emails, locales] = await Promise.all([
    readCourses(options.lessonsDir),
    loadEmails(options.emailsDir),
    loadLocales(options.localesDir),
  ])
  return { ...found, composer: createComposer({ ...options, hostname: options.publicUrl.hostname, emails, locales }) }
}

function watchFolders(folders: readonly string[], onChange: () => void): FSWatcher[] {
  let timer: NodeJS.Timeout | undefined
  return folders.map((folder) =>
    watch(folder, { recursive: true }, () => {
      clearTimeout(timer)
      timer = setTimeout(onChange, SETTLE_MS)
    }),
  )
}

async function read(composer: Composer, email: EmailToCompose, part: 'text' | 'headers'): Promise<string> {
  const { raw } = await composer.compose(email)
  if (part === 'text') return (await PostalMime.parse(raw)).text ?? ''
  return raw.toString('latin1').split('\r\n\r\n', 1)[0]?.replaceAll('\r\n', '\n') ?? ''
}

/** Applies the chosen colour scheme in place of the reader's system setting. */
function withColorScheme(html: string, colorScheme: 'light' | 'dark'): string {
  return html
    .replaceAll('(prefers-color-scheme: dark)', colorScheme === 'dark' ? 'all' : 'not all')
    .replaceAll('color-scheme: light dark', `color-scheme: ${colorScheme}`)
    .replaceAll('content="light dark"', `content="${colorScheme}"`)
}

/** Other sites open in the same browser must not read the preview or send email through it. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? ''
  const isLocal = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host)
  return isLocal && (headers.origin === undefined || headers.origin === `http://${host}`)
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > FORM_LIMIT) throw new AppError('misconfigured', 'The form is too large.')
  }
  return new URLSearchParams(text)
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-store' }).end(body)
}
