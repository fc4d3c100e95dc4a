import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { USAGES } from './cli/usages.ts'
import { AppError } from './core/errors.ts'
import { redactedUrl } from './core/service-urls/relay-url.ts'
import { run } from './run.ts'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const PORT = 3030

/** `npm run preview [-- port]`: shows every email of every course in a browser while its files are edited. */
await run(
  USAGES.preview,
  async (config) => {
    const { startEmbeddedMailbox } = await import('./local/embedded-mailbox.ts')
    const { readDkimKeys } = await import('./mail/message/dkim-files.ts')
    const { startPreview } = await import('./preview/preview-server.ts')
    const mailbox =
      config.smtp === null ? await startEmbeddedMailbox({ dataDir: config.dataDir, remember: false }) : null
    const smtp = config.smtp ?? mailbox?.server
    if (smtp === undefined)
      throw new AppError('misconfigured', 'There is no mail server to send a test to: set SMTP_URL.')
    const preview = await startPreview({
      lessonsDir: resolve(ROOT, 'lessons'),
      emailsDir: resolve(ROOT, 'emails'),
      port: Number(process.argv[2] ?? PORT),
      smtp,
      where: mailbox ? `A test goes to the mailbox at ${mailbox.webUrl}.` : `A test goes out by ${redactedUrl(smtp)}.`,
      from: config.mailFrom,
      postalAddress: config.mailAddress,
      publicUrl: config.publicUrl,
      dkim: await readDkimKeys(config.dkim),
      now: () => Date.now(),
    })
    console.log(`Every email: ${preview.url}\nStop with Ctrl-C.`)
    return {
      async close() {
        await preview.close()
        await mailbox?.stop()
      },
    }
  },
  (args) => args.length === 0 || (args.length === 1 && /^\d{1,5}$/.test(args[0] ?? '') && Number(args[0]) <= 65_535),
)
