import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port.ts'
import { findPostfixServer } from '../../tools/find-programs.mjs'
import { startChild } from './child-process.ts'
import type { Cleanup } from './cleanup.ts'
import { waitUntilListening } from './smtp-tools.ts'

/** Postfix as a relay with a durable queue. */
export interface Postfix {
  readonly port: number
  stop(): Promise<void>
}

/** Why Postfix cannot be measured here; null if it can. */
export function whyNoPostfix(): string | null {
  if (findPostfixServer() === null) return 'it is not installed'
  return process.getuid?.() === 0 ? null : 'it starts as root only'
}

/** User id of `daemon`, which Debian and its relatives have had since their beginning. */
const DAEMON = 1
/** On a disk, and within reach of every user: Postfix's processes give up root before they open their files. */
const TEMPORARY = '/var/tmp/bench-postfix-'
const QUEUES = ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'private', 'trace']

/**
 * Starts Postfix with a configuration and a queue of its own in a temporary folder; the system's Postfix is neither
 * used nor changed. It passes everything on to `smtpPort` over as many connections as it takes.
 */
export async function startPostfix(
  cleanup: Cleanup,
  { smtpPort, connections }: { smtpPort: number; connections: number },
): Promise<Postfix> {
  const server = findPostfixServer()
  if (server === null) throw new Error('Postfix is missing. Run "npm run bench", which fetches it, or install postfix.')
  const folder = await mkdtemp(TEMPORARY)
  cleanup.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  await makeFolders(folder)
  const port = await freePort()
  await writeFile(join(folder, 'main.cf'), mainSettings(folder, { smtpPort, connections, ...server }))
  await writeFile(join(folder, 'master.cf'), services(port, connections))
  // -d: in the foreground.
  const child = startChild(cleanup, join(server.programs, 'master'), ['-d', '-c', folder], {
    env: server.libraries === null ? {} : { LD_LIBRARY_PATH: server.libraries },
    cwd: folder,
  })
  await waitUntilListening(port, child, 'Postfix')
  return { port, stop: () => child.stop() }
}

/** What Postfix's own set-up creates. */
async function makeFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const name of ['data', 'log', 'queue', 'queue/pid', 'queue/public', ...QUEUES.map((name) => `queue/${name}`)]) {
    await mkdir(join(folder, name), { mode: 0o700 })
    if (name !== 'queue' && name !== 'queue/pid' && name !== 'log') await chown(join(folder, name), DAEMON, DAEMON)
  }
  await chmod(join(folder, 'queue'), 0o755)
  await chmod(join(folder, 'queue/pid'), 0o755)
}

function mainSettings(
  folder: string,
  options: { smtpPort: number; connections: number; programs: string; libraries: string | null },
): string {
  const { smtpPort, connections, programs, libraries } = options
  const settings = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    daemon_directory: programs,
    ...(libraries !== null && { shlib_directory: libraries }),
    meta_directory: folder,
    import_environment: 'MAIL_CONFIG MAIL_LOGTAG LD_LIBRARY_PATH LANG=C',
    // A user that exists everywhere, since only Debian's installation creates "postfix".
    mail_owner: 'daemon',
    setgid_group: 'mail',
    default_privs: 'nobody',
    maillog_file: join(folder, 'log/mail.log'),
    maillog_file_prefixes: folder,
    inet_interfaces: 'loopback-only',
    inet_protocols: 'ipv4',
    myhostname: 'relay.example',
    mydestination: '',
    alias_maps: '',
    mynetworks: '127.0.0.0/8',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    smtpd_peername_lookup: 'no',
    relayhost: `[127.0.0.1]:${smtpPort}`,
    // By default, both slow down a sender that is faster than the relay.
    in_flow_delay: '0s',
    initial_destination_concurrency: connections,
    default_destination_concurrency_limit: connections,
    default_process_limit: connections,
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}

/** Those of Postfix's own master.cf that a relay uses; none in a chroot, which would need a copy of system files. */
function services(port: number, connections: number): string {
  return `127.0.0.1:${port} inet n - n - ${connections} smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - ${connections} smtp
error unix - - n - - error
retry unix - - n - - error
scache unix - - n - 1 scache
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`
}
