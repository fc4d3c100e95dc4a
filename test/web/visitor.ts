import type { TestApp } from '../support/test-app.ts'

/** A browser without scripts: keeps cookies, follows nothing by itself. */
export interface Visitor {
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** As a form sends it; a list sends its name once for each value. */
  post(path: string, fields?: Record<string, string | readonly string[]>): Promise<Answer>
  postJson(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  send(path: string, init: RequestInit): Promise<Answer>
  readonly cookies: Map<string, string>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body, parsed. */
  json<T = Record<string, unknown>>(): T
}

export function createVisitor(base: string): Visitor {
  const cookies = new Map<string, string>()

  async function send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(new URL(path, base), { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) keepCookie(cookies, line)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
  }

  return {
    cookies,
    send,
    get: (path, headers = {}) => send(path, { headers: { Accept: 'text/html', ...headers } }),
    post(path, fields = {}) {
      const body = new URLSearchParams()
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
      return send(path, { method: 'POST', headers: { Accept: 'text/html' }, body })
    },
    postJson: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
  }
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';')
  const [name = '', value = ''] = pair.split('=')
  const expired = attributes.some((one) => /^\s*expires=thu, 01 jan 1970/i.test(one))
  if (expired || value === '') cookies.delete(name)
  else cookies.set(name, value)
}

/** The first link of this kind in the newest mail to the address, as a path. */
export async function linkFromMail(test: TestApp, email: string, kind: 'confirm' | 'l' | 'stop', count = 1) {
  const mails = await test.mail.waitForMail(email, count)
  const text = mails.at(-1)?.mail.text ?? ''
  const link = new RegExp(`/${kind}/[\\w-]+`).exec(text)?.[0]
  if (link === undefined) throw new Error(`No /${kind}/ link in: ${text}`)
  return link
}

/** Signs up and confirms; the paths of the first lesson's page and of stopping it. */
export async function enrol(test: TestApp, email: string, choices: Record<string, unknown> = {}) {
  const visitor = createVisitor(test.url)
  await visitor.postJson('/sign-up', { email, name: 'Ana', timeZone: 'Europe/Lisbon', hour: 7, ...choices })
  const confirmed = await visitor.post(await linkFromMail(test, email, 'confirm'))
  const lesson = await linkFromMail(test, email, 'l', 2)
  return { lesson, stop: await linkFromMail(test, email, 'stop', 2), confirmed }
}
