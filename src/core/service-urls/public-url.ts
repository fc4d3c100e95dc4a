import { type Parsed, parsed, splitUrl, UrlProblem } from './url-parts.ts'

/** The public address of the site. */
export interface PublicUrl {
  /** Scheme and host in lower case, host in ASCII, no trailing slash. */
  readonly href: string
  readonly secure: boolean
  readonly hostname: string
  /** '' for a site at the root of its host, otherwise for example `/course`. */
  readonly path: string
}

/**
 * Links contain the path, and a header that contains a link cannot be folded: a line ends at 998 characters (RFC 5322).
 */
const MAX_PATH_LENGTH = 200

/** `reserved`: first path segments used by the site, which its own path must not begin with. */
export function parsePublicUrl(text: string, reserved: readonly string[] = []): Parsed<PublicUrl> {
  return parsed(() => {
    const example =
      'Use the address people reach the site at, such as https://course.example or https://example.org/course.'
    // An "@" in the path would be read as the end of a user name.
    if (/^[^:]*:\/\/[^@/?#]*[/?#][^@]*@/.test(text)) throw new UrlProblem('has an "@" after the host.', example)
    const { scheme, credentials, host, port, path, query } = splitUrl(text, ['http', 'https'], example)
    if (credentials !== null) throw new UrlProblem('has a user name or a password.', example)
    if (query !== null) throw new UrlProblem('has a query or a fragment.', example)
    const trimmed = path.replace(/\/+$/, '')
    // Only characters that every proxy, browser and mail program leaves unchanged.
    if (!/^(?:\/[A-Za-z0-9_~-](?:[A-Za-z0-9._~-]*[A-Za-z0-9_~-])?)*$/.test(trimmed) || trimmed.includes('..'))
      throw new UrlProblem('has a path of other signs than letters, digits, "-", "_", "~" and "/".', example)
    if (trimmed.length > MAX_PATH_LENGTH)
      throw new UrlProblem(`has a path of more than ${MAX_PATH_LENGTH} characters.`, example)
    const first = trimmed.split('/')[1]?.toLowerCase() ?? ''
    if (reserved.includes(first))
      throw new UrlProblem(`begins with /${first}, a path of the site itself.`, 'Use another path, such as /course.')
    const standard = scheme === 'https' ? 443 : 80
    const shownHost = host.includes(':') ? `[${host}]` : host
    const shownPort = port === null || port === standard ? '' : `:${port}`
    return {
      href: `${scheme}://${shownHost}${shownPort}${trimmed}`,
      secure: scheme === 'https',
      hostname: shownHost,
      path: trimmed,
    }
  })
}
