import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

interface RequestFacts {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
}

/**
 * Whether the mailbox on this port may answer a request. The Host must be a loopback name, against DNS rebinding, and
 * the request must come from its own pages; other pages may only link to its start page.
 */
export function isLocalRequest({ method, url, headers }: RequestFacts, port: number): boolean {
  const hosts = ['localhost', '127.0.0.1', '[::1]'].map((name) => (port === 80 ? name : `${name}:${port}`))
  const host = headers.host?.toLowerCase()
  if (host === undefined || !hosts.includes(host)) return false
  const { origin } = headers
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`) return false
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return isVisit && method === 'GET' && url === '/'
}

type Listener = (...values: unknown[]) => void

/** Applies `isLocalRequest` to all requests and the websocket, and removes the headers that allow other origins. */
export function guardMailbox(server: Server, port: number): void {
  const answer = server.listeners('request') as Listener[]
  const upgrade = server.listeners('upgrade') as Listener[]
  server.removeAllListeners('request').removeAllListeners('upgrade')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!isLocalRequest(request, port)) {
      response.writeHead(403, { 'Content-Type': 'text/plain' }).end('This mailbox is only available on this machine.\n')
      return
    }
    withoutCorsHeaders(response)
    for (const listener of answer) listener.call(server, request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isLocalRequest(request, port)) for (const listener of upgrade) listener.call(server, request, socket, head)
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
  })
}

/** The library allows every origin (CORS) and has no setting to change that. */
function withoutCorsHeaders(response: ServerResponse): void {
  const isCorsHeader = (name: unknown) => String(name).toLowerCase().startsWith('access-control-')
  const setHeader = response.setHeader.bind(response)
  response.setHeader = (name, value) => (isCorsHeader(name) ? response : setHeader(name, value))
  const writeHead = response.writeHead.bind(response) as (...values: unknown[]) => ServerResponse
  response.writeHead = ((...values: unknown[]) => {
    const headers = values.at(-1)
    if (typeof headers === 'object' && headers !== null && !Array.isArray(headers))
      values[values.length - 1] = Object.fromEntries(Object.entries(headers).filter(([name]) => !isCorsHeader(name)))
    return writeHead(...values)
  }) as ServerResponse['writeHead']
}
