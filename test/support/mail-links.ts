import type { Accepted } from './mail-server.ts'

/** Every link in an email, in both parts and the headers. */
export function linksOf({ mail }: Accepted): string[] {
  const headers = mail.headers.map((header) => header.value).join('\n')
  const places = [mail.html ?? '', mail.text ?? '', headers].map((text) => text.replace(/&(?:amp|#38);/g, '&'))
  return [...new Set(places.flatMap((text) => text.match(/https?:\/\/[^\s"'<>)\]]+/g) ?? []))]
}

/** The only link of this kind in an email, such as `/confirm/`, apart from that to the settings. Throws if there is none, or more than one. */
export function linkOf(message: Accepted, kind: '/confirm/' | '/l/' | '/stop/'): string {
  const found = linksOf(message).filter((link) => {
    const { pathname } = new URL(link)
    return pathname.startsWith(kind) && !pathname.endsWith('/settings')
  })
  if (found.length !== 1) throw new Error(`A mail should have one link ${kind}, and it has: ${found.join(' ')}`)
  return found[0] as string
}

/** A header as received, or null. */
export function headerOf({ mail }: Accepted, name: string): string | null {
  return mail.headers.find((header) => header.key === name.toLowerCase())?.value ?? null
}
