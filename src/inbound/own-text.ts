import EmailReplyParser from 'email-reply-parser'
import { QUESTION_MAX } from '../core/question/question.ts'

/** Only this much is searched: some expressions of the library take cubic time. A second at most, in a thread. */
const MAX_SEARCHED = 6_000
/** Lines looked at: more than a person writes above or below what they quote. */
const MAX_LINES = 2_000
/** Leaves room for what is said beside the text. */
const MAX_OWN = QUESTION_MAX - 500
/** A signature is short. Anything longer below a line such as "Cheers," was meant to be read. */
const MAX_SIGNATURE_LINES = 8
const MAX_SIGNATURE = 300
/** How Outlook begins the email that is answered. */
const ORIGINAL = /^[-_ ]{1,40}(original message|ursprüngliche nachricht|message d'origine|mensaje original)/i
/** What people add below their signature. */
const POSTSCRIPT = /^(p\.? ?s\.?|nb|n\.b\.)[\s:.,]/i

export interface OwnText {
  readonly text: string
  /** Whether the end is missing. */
  readonly isCut: boolean
}

/**
 * What a person wrote in a reply: without the quoted email, its heading and a short signature. What may be either stays,
 * because losing words is worse than keeping a few too many. The text is shortened before any expression sees it.
 */
export function ownText(text: string): OwnText {
  const prepared = prepare(text)
  const searched = prepared.slice(0, MAX_SEARCHED)
  const fragments = new EmailReplyParser().read(searched).getFragments()
  const kept = fragments.filter(
    (fragment) =>
      !(fragment.isQuoted() && isQuotation(fragment.getContent())) &&
      !(fragment.isSignature() && isSignature(fragment.getContent())),
  )
  const own = tidy(kept.map((fragment) => fragment.getContent()).join('\n'))
  const last = fragments.at(-1)
  const isQuotedAfter = last?.isQuoted() === true && isQuotation(last.getContent())
  const characters = [...own]
  return {
    text: characters.slice(0, MAX_OWN).join('').trimEnd(),
    isCut: characters.length > MAX_OWN || (prepared.length > MAX_SEARCHED && !isQuotedAfter),
  }
}

/** One line for each run of quoted or empty lines, and the heading of a quotation on one line. */
function prepare(text: string): string {
  const lines: string[] = []
  let last = ''
  let size = 0
  for (const raw of text.split('\n', MAX_LINES)) {
    const line = raw
      .slice(0, MAX_SEARCHED)
      .replace(/[^\P{Cc}\t]/gu, '')
      .trimEnd()
    const isQuoted = line.startsWith('>')
    const kind = isQuoted ? '>' : line
    if ((isQuoted || line === '') && kind === last && lines.length > 0) continue
    // Mail clients break "On … <course@example.org> wrote:" within the address.
    const before = lines.at(-1)
    if (before !== undefined && isOpenHeading(before))
      lines[lines.length - 1] = `${before}${isQuoted ? '' : ' '}${line}`.replace('< ', '<')
    else lines.push(isQuoted ? '>' : line === '--' ? '-- ' : line)
    last = kind
    size += line.length + 1
    if (size > MAX_SEARCHED) break
  }
  return lines.join('\n')
}

/** Whether the address of a heading, or its verb, is on the next line. */
function isOpenHeading(line: string): boolean {
  if (line.length > 200) return false
  return (
    /^(On|Am|Le|El|Il|Op|Den|W dniu)\s/.test(line) && (line.endsWith('<') || (line.includes('<') && line.endsWith('>')))
  )
}

/** The heading of a quotation has a date or an address. "He wrote:" begins one that the person means to show. */
function isQuotation(text: string): boolean {
  const lines = text.split('\n')
  return (
    lines.some((line) => line.startsWith('>')) ||
    lines.slice(0, 4).some((line) => /@|\d\d/.test(line)) ||
    ORIGINAL.test(text)
  )
}

function isSignature(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return (
    lines.length <= MAX_SIGNATURE_LINES &&
    text.length <= MAX_SIGNATURE &&
    !lines.some((line) => POSTSCRIPT.test(line.trim()))
  )
}

function tidy(text: string): string {
  return text.replace(/\n{3,}/g, '\n\n').trim()
}
