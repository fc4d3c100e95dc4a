import { type Parsed, parsed, UrlProblem } from './url-parts.ts'

/** Where the database is: the path of an SQLite file, or the URL of a Postgres database, which may hold a password. */
export type DatabaseLocation = { readonly sqlite: string } | { readonly postgres: string }

/** What DATABASE_URL names; path and URL are left as written. */
export function parseDatabaseUrl(text: string): Parsed<DatabaseLocation> {
  return parsed(() => {
    if (/^postgres(ql)?:/i.test(text)) return { postgres: checkedPostgresUrl(text) }
    const example = 'Use sqlite: and the path of a file, such as sqlite:data/bootcamp.db.'
    const path = /^sqlite:(.*)$/is.exec(text)?.[1]
    if (path === undefined) throw new UrlProblem('is not a database this version knows.', example)
    if (path === '' || /^\/*$/.test(path)) throw new UrlProblem('names no file.', example)
    if (/\p{Cc}/u.test(path)) throw new UrlProblem('has a control character in its path.', example)
    if (path.startsWith(':memory:'))
      throw new UrlProblem('keeps nothing: everything would be lost at the end.', example)
    if (/[?#]/.test(path)) throw new UrlProblem('has parameters, and this service knows none.', example)
    if (path.endsWith('/')) throw new UrlProblem('names a folder and not a file.', example)
    if (/^\/\/[^/]/.test(path))
      throw new UrlProblem('names a host.', 'Use three slashes for an absolute path: sqlite:///path.')
    return { sqlite: path.replace(/^\/\/(?=\/)/, '') }
  })
}

/** The parameters of libpq that are passed on; others would be ignored without a word. */
const POSTGRES_PARAMETERS = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'target_session_attrs']
const SOCKET = 'socket'
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full']
/** Of several servers the one is used that accepts writes, which is what these two ask for. */
const SESSION_ATTRIBUTES = ['read-write', 'primary']

/** Scheme and user, then the hosts, then the rest. */
const POSTGRES_URL = /^(\w+:\/\/(?:[^/@]*@)?)([^/?#]*)(.*)$/s

function checkedPostgresUrl(text: string): string {
  const example = 'Use postgres://user:password@host:5432/database?sslmode=verify-full.'
  const urls = postgresUrls(text)
  for (const one of urls) {
    // libpq leaves the host out where `host` names the folder of a socket; a URL may not.
    const whole = one.replace(/^(\w+:\/\/(?:[^/@]*@)?)(?=\/)/, `$1${SOCKET}`)
    if (!URL.canParse(whole))
      throw new UrlProblem('is not a URL.', `${example} Percent-encode special characters in the password.`)
    checkPostgresParts(new URL(whole), example)
  }
  const attributes = /[?&]target_session_attrs=([^&]*)/.exec(text)?.[1] ?? 'read-write'
  if (!SESSION_ATTRIBUTES.includes(attributes))
    throw new UrlProblem(
      `has target_session_attrs "${attributes}", and this service must write.`,
      'Use read-write, or leave it out.',
    )
  return text
}

function checkPostgresParts(url: URL, example: string): void {
  if (url.pathname.length < 2) throw new UrlProblem('names no database.', example)
  if (url.hostname === SOCKET && !url.searchParams.get('host')) throw new UrlProblem('names no host.', example)
  for (const name of url.searchParams.keys())
    if (!POSTGRES_PARAMETERS.includes(name))
      throw new UrlProblem(
        `has the parameter "${name}", which has no effect here.`,
        `Use ${POSTGRES_PARAMETERS.join(', ')}.`,
      )
  const mode = url.searchParams.get('sslmode')
  if (mode !== null && !SSL_MODES.includes(mode))
    throw new UrlProblem(`has the sslmode "${mode}".`, `Use one of ${SSL_MODES.join(', ')}.`)
}

/**
 * One URL for each server that this one names, in order: libpq takes several hosts, each with its port, or several folders of
 * sockets in `host`, with commas between them.
 */
export function postgresUrls(text: string): readonly [string, ...string[]] {
  const [, start = '', hosts = '', rest = ''] = POSTGRES_URL.exec(text) ?? []
  const folders = /([?&]host=)([^&]*)/.exec(rest)
  const single = rest.replace(/([?&])target_session_attrs=[^&]*(&|$)/, (_, before, after) => (after ? before : ''))
  const urls =
    folders === null
      ? hosts.split(',').map((host) => `${start}${host}${single}`)
      : decodeURIComponent(folders[2] ?? '')
          .split(',')
          .map(
            (folder) => `${start}${hosts}${single.replace(folders[0], `${folders[1]}${encodeURIComponent(folder)}`)}`,
          )
  return urls as [string, ...string[]]
}
