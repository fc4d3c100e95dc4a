/** A message taken apart by the letter of RFC 5322 and RFC 2046; throws where it is not as we write messages. */
export interface TakenApart {
  /** Names as they stand, values unfolded (RFC 5322 section 2.2.3). */
  readonly fields: readonly [name: string, value: string][]
  readonly boundary: string
  readonly body: string
  readonly parts: readonly { readonly fields: readonly [string, string][]; readonly encoded: string }[]
}

export function takeApart(raw: Buffer): TakenApart {
  const text = raw.toString('latin1')
  const { fields, rest } = splitHeader(text)
  const type = fields.find(([name]) => name === 'Content-Type')?.[1] ?? ''
  const boundary = /^multipart\/alternative; boundary="([^"]+)"$/.exec(type)?.[1]
  if (boundary === undefined) throw new Error(`Not multipart/alternative: ${type}`)
  const [before, ...sections] = `\r\n${rest}`.split(`\r\n--${boundary}`)
  if (before !== '' || sections.pop() !== '--\r\n') throw new Error('Something stands before or after the parts.')
  const parts = sections.map((section) => {
    if (!section.startsWith('\r\n')) throw new Error('A boundary does not end its line.')
    const part = splitHeader(section.slice(2))
    return { fields: part.fields, encoded: part.rest }
  })
  return { fields, boundary, body: rest, parts }
}

function splitHeader(text: string): { fields: [string, string][]; rest: string } {
  const end = text.indexOf('\r\n\r\n')
  const fields = text
    .slice(0, end)
    .split(/\r\n(?![ \t])/)
    .map((field): [string, string] => {
      const [, name = '', value = ''] = /^([!-9;-~]+):([\s\S]*)$/.exec(field) ?? []
      if (name === '') throw new Error(`Not a header field: ${JSON.stringify(field)}`)
      return [name, value.replaceAll('\r\n', '').replace(/^ /, '')]
    })
  return { fields, rest: text.slice(end + 4) }
}

/** RFC 2045 section 6.7, and nothing that it leaves to the goodwill of decoders. */
export function decodeQuotedPrintable(encoded: string): string {
  if (!/^(?:[\t -<>-~]|=[0-9A-F]{2}|=?\r\n)*$/.test(encoded)) throw new Error('This is not quoted-printable.')
  const bytes = encoded
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
}

/** The body as DKIM's relaxed algorithm hashes it, word by word from RFC 6376 section 3.4.4. */
export function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+$/, '').replace(/[ \t]+/g, ' '))
  while (lines.at(-1) === '') lines.pop()
  return lines.map((line) => `${line}\r\n`).join('')
}
