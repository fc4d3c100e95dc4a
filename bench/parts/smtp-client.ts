import { connect } from 'node:net'

/** ms of each of `count` sequential messages on one connection, with pipelining (RFC 2920). */
export async function timeTransactions(port: number, count: number, bytes: number): Promise<readonly number[]> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let text = ''
  let wake: () => void = () => {}
  let fault: Error | null = null
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('error', (error) => {
    fault = error
    wake()
  })
  socket.on('close', () => {
    fault ??= new Error('The relay closed the connection.')
    wake()
  })

  /** The last line of the next reply (RFC 5321, section 4.2.1): all other lines have a hyphen after the code. */
  const reply = async (wanted: string): Promise<void> => {
    for (;;) {
      const found = /^\d{3}(?: .*)?\r\n/m.exec(text)
      if (found) {
        text = text.slice(found.index + found[0].length)
        if (found[0].startsWith(wanted)) return
        throw new Error(`The relay answers ${found[0].trim()}.`)
      }
      if (fault) throw fault
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  const body = `Subject: a sample\r\n\r\n${'x'
    .repeat(76)
    .concat('\r\n')
    .repeat(Math.ceil(bytes / 78))}.\r\n`
  const times: number[] = []
  try {
    await reply('220')
    socket.write('EHLO bench.example\r\n')
    await reply('250')
    for (let number = 0; number < count; number += 1) {
      const startedAt = performance.now()
      socket.write('MAIL FROM:<course@course.example>\r\nRCPT TO:<learner@learner.example>\r\nDATA\r\n')
      for (const wanted of ['250', '250', '354']) await reply(wanted)
      socket.write(body)
      await reply('250')
      times.push(performance.now() - startedAt)
    }
    socket.end('QUIT\r\n')
  } finally {
    socket.destroy()
  }
  return times
}
