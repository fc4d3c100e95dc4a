import { withCleanup } from '../parts/cleanup.ts'
import type { Context, Measured } from '../parts/measure.ts'
import { type Relay, startRelay } from '../parts/relay.ts'
import { sampleBytes, sendLessons } from '../parts/send-lessons.ts'
import { timeTransactions } from '../parts/smtp-client.ts'
import { startSink } from '../parts/smtp-tools.ts'
import { median } from '../parts/statistics.ts'
import { figure } from '../parts/table.ts'

const DELAY_MS = 50
const TARGET = 0.9
/** Per connection: enough to make the first and the last insignificant. */
const TRANSACTIONS = 100
const TIMED = 20

/**
 * With realistic network latency: messages per second compared with connections divided by the time of one transaction.
 */
export async function measureSlowRelay(context: Context): Promise<Measured> {
  const { options, progress } = context
  const bytes = await sampleBytes(context)

  progress.step('slow relay: the time of one transaction')
  const transaction = await withCleanup(context.cleanup, async (cleanup) => {
    const sink = await startSink(cleanup, context.dataFolder)
    const relay = await startRelay(cleanup, { upstream: sink.port, delayMs: DELAY_MS, cwd: context.dataFolder })
    return median(await timeTransactions(relay.port, TIMED, bytes))
  })
  progress.done()

  const messages = Math.min(options.messages, options.connections * TRANSACTIONS)
  progress.step(`slow relay: ${messages} lessons`)
  const run = await withCleanup(context.cleanup, (outer) => {
    const slow = async (upstream: number, _: unknown, cwd: string): Promise<number> => {
      const relay: Relay = await startRelay(outer, { upstream, delayMs: DELAY_MS, cwd })
      return relay.port
    }
    return sendLessons(context, { signing: 'none', messages, smtpPort: slow })
  })
  progress.done()

  const possible = (options.connections * 1_000) / transaction
  const share = run.perSecond / possible
  return {
    title: 'A relay far away',
    tables: [
      {
        title: `A relay whose every reply is ${DELAY_MS} ms late: ${figure(messages, 0)} lessons, ${options.connections} connections`,
        columns: ['one transaction ms', 'possible messages/s', 'messages/s', 'share', 'worker CPU ms'],
        rows: [
          [
            figure(transaction),
            figure(possible),
            figure(run.perSecond),
            figure(share),
            figure(run.workerCpuPerMessage),
          ],
        ],
      },
    ],
    checks: [
      {
        what: 'slow relay: share of what the connections allow',
        value: share,
        unit: '',
        target: TARGET,
        compare: 'at least',
      },
    ],
    plots: [],
    facts: { bytes, transactionMs: transaction, possible, perSecond: run.perSecond, messages },
    notes: [
      'One transaction is timed with a plain client that pipelines (RFC 2920) through the same relay.',
      'A message among many waits for one late reply, not for two: its envelope leaves with the dot of the one before.',
    ],
  }
}
