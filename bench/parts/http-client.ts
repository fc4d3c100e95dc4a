import { connect } from 'node:net'

/** Sequential requests on one keep-alive connection, with minimal HTTP/1.1 (RFC 9112). */
export interface HttpClient {
  /** Sends a request, waits for the whole response, and returns its status. Fails if the connection is lost. */
  post(path: string, type: string, body: string): Promise<number>
  close(): void
}

const HEADER_END = '\r\n\r\n'

export async function openClient(port: number): Promise<HttpClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let pending = ''
  let answer: { resolve: (status: number) => void; reject: (error: Error) => void } | null = null
  const fail = (error: Error) => {
    answer?.reject(error)
    answer = null
  }
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('The server closed the connection.')))
  socket.on('data', (chunk: Buffer) => {
    // latin1 has one character per byte, so that lengths in bytes work.
    pending += chunk.toString('latin1')
    const status = takeAnswer()
    if (status === null) return
    const waiting = answer
    answer = null
    waiting?.resolve(status)
  })

  function takeAnswer(): number | null {
    const headerEnd = pending.indexOf(HEADER_END)
    if (headerEnd < 0) return null
    const head = pending.slice(0, headerEnd)
    const length = /^content-length: (\d+)/im.exec(head)?.[1]
    const bodyAt = headerEnd + HEADER_END.length
    let end = bodyAt + Number(length ?? 0)
    if (length === undefined && /^transfer-encoding: chunked/im.test(head)) {
      const last = pending.indexOf('\r\n0\r\n\r\n', bodyAt - 2)
      if (last < 0) return null
      end = last + 7
    }
    if (pending.length < end) return null
    pending = pending.slice(end)
    return Number(head.slice(9, 12))
  }

  return {
    post(path, type, body) {
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: application/json\r\nContent-Type: ${type}\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
      return new Promise((resolve, reject) => {
        answer = { resolve, reject }
      })
    },
    close: () => void socket.destroy(),
  }
}
