// The process of the embedded mailbox. It gets one message with its options from its parent and exits when the channel
// closes, which happens however the parent ends.
import { existsSync } from 'node:fs'
import type { Server } from 'node:http'
import { guardMailbox } from './guard-mailbox.ts'
import { lightenMailbox } from './light-mailbox.ts'

export interface MailboxOptions {
  readonly folder: string
  readonly host: string
  readonly smtpPort: number
  readonly webPort: number
  readonly maxEmails: number
}

export type MailboxReply = { readonly smtpPort: number; readonly webPort: number } | { readonly fault: string }

/** The part of the library that is used. It is installed separately (tools/mailbox) and absent in production. */
interface Library {
  readonly MailDev: new (
    options: object,
  ) => {
    start(): Promise<{
      readonly smtp: { getAddress(): { readonly port: number } }
      readonly api?: { readonly server: { readonly server: Server }; getAddress(): { readonly port: number } | null }
    }>
    stop(): Promise<void>
  }
}
const LIBRARY = new URL('../../tools/mailbox/node_modules/maildev/dist/index.js', import.meta.url)

let mailbox: InstanceType<Library['MailDev']> | null = null
process.once('message', (order) => void open(order as MailboxOptions))
process.once('disconnect', () => void close())

async function open(order: MailboxOptions): Promise<void> {
  try {
    const library = await load()
    mailbox = new library.MailDev({
      smtp: order.smtpPort,
      ip: order.host,
      web: order.webPort,
      webIp: order.host,
      mailDirectory: order.folder,
      maxEmails: order.maxEmails,
      silent: true,
      mcp: false,
    })
    const { smtp, api } = await mailbox.start()
    const webPort = api?.getAddress()?.port ?? order.webPort
    if (api) guardMailbox(api.server.server, webPort)
    reply({ smtpPort: smtp.getAddress().port, webPort })
  } catch (error) {
    reply({ fault: error instanceof Error ? error.message : String(error) })
  }
}

async function load(): Promise<Library> {
  if (!existsSync(LIBRARY)) throw new Error('it is not installed, which "npm start" does outside production')
  lightenMailbox(LIBRARY.href)
  return import(LIBRARY.href)
}

async function close(): Promise<void> {
  // Open pages keep their connections alive; do not wait for them.
  setTimeout(() => process.exit(0), 300).unref()
  await mailbox?.stop()
  process.exit(0)
}

function reply(word: MailboxReply): void {
  process.send?.(word)
}
