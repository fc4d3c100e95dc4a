import type { Accepted } from './mail-server.ts'

/** Every address that a mail mentions anywhere: both parts and the headers. */
export function linksOf({ mail }: Accepted): string[] {
  const headers = mail.headers.map((header) => header.value).join('\n')
  const places = [mail.html ?? '', mail.text ?? '', headers].map((text) => text.replace(/&(?:amp|#38);/g, '&'))
  return [...new Set(places.flatMap((text) => text.match(/https?:\/\/[^\s"'<>)\]]+/g) ?? []))]
}

/** The one link of this kind, such as `/confirm/`. Throws when the mail has none, or several. */
export function linkOf(message: Accepted, kind: '/confirm/' | '/l/' | '/stop/'): string {
  const found = linksOf(message).filter((link) => new URL(link).pathname.startsWith(kind))
  if (found.length !== 1) throw new Error(`A mail should have one link ${kind}, and it has: ${found.join(' ')}`)
  return found[0] as string
}

/** A header as it arrived, or null. */
export function headerOf({ mail }: Accepted, name: string): string | null {
  return mail.headers.find((header) => header.key === name.toLowerCase())?.value ?? null
}
