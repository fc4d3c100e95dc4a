import { linksOf } from './mail-links.ts'
import type { TestApp } from './test-app.ts'
import { createVisitor, type Visitor } from './visitor.ts'

/** The only link of this kind in the newest email to the address, once at least `count` emails have one. */
export async function newestLink(parts: TestApp, address: string, kind: '/read/' | '/delete/' | '/back/', count = 1) {
  const found = async () =>
    (await parts.mail.waitForMail(address)).flatMap((message) => {
      const link = linksOf(message).find((one) => one.startsWith(parts.url + kind))
      return link === undefined ? [] : [link]
    })
  const until = performance.now() + 10_000
  while ((await found()).length < count) {
    if (performance.now() > until) throw new Error(`There should be ${count} emails with a link ${kind}.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return (await found()).at(-1) as string
}

/**
 * Requests a link by email on the page and opens it in this browser, or in a new one, which then has an own session.
 */
export async function openOwnSessionByLink(
  parts: TestApp,
  { address, lessonLink }: { readonly address: string; readonly lessonLink: string },
  visitor: Visitor = createVisitor(parts.url),
  form: Readonly<Record<string, string>> = {},
): Promise<Visitor> {
  const before = parts.mail.accepted.filter(
    (message) => message.to === address && linksOf(message).some((one) => one.startsWith(`${parts.url}/read/`)),
  ).length
  const asked = await visitor.post(`${new URL(lessonLink).pathname}/read`)
  if (asked.status !== 200) throw new Error(`Asking for a link was answered with ${asked.status}.`)
  const opened = await visitor.post(await newestLink(parts, address, '/read/', before + 1), form)
  if (opened.status !== 200) throw new Error(`Opening the link was answered with ${opened.status}.`)
  return visitor
}
