// The process of the embedded mailbox. Takes one order from its parent and ends when the channel to it closes, which
// happens however the parent ends.
import type { MailDev } from 'maildev'

export interface MailboxOrder {
  readonly folder: string
  readonly host: string
  readonly smtpPort: number
  readonly webPort: number
  readonly mailsKept: number
}

export type MailboxWord = { readonly smtpPort: number; readonly webPort: number } | { readonly fault: string }

let mailbox: MailDev | null = null
process.once('message', (order) => void open(order as MailboxOrder))
process.once('disconnect', () => void close())

async function open(order: MailboxOrder): Promise<void> {
  try {
    const library = await import('maildev')
    mailbox = new library.MailDev({
      smtp: order.smtpPort,
      ip: order.host,
      web: order.webPort,
      webIp: order.host,
      mailDirectory: order.folder,
      maxEmails: order.mailsKept,
      silent: true,
      mcp: false,
    })
    const servers = await mailbox.start()
    tell({ smtpPort: servers.smtp.getAddress().port, webPort: servers.api?.getAddress()?.port ?? order.webPort })
  } catch (error) {
    tell({ fault: error instanceof Error ? error.message : String(error) })
  }
}

async function close(): Promise<void> {
  // Open pages keep their connections; nothing they wait for is worth waiting for.
  setTimeout(() => process.exit(0), 300).unref()
  await mailbox?.stop()
  process.exit(0)
}

function tell(word: MailboxWord): void {
  process.send?.(word)
}
