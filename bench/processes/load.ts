// Generates load in its own process. Commands are JSON lines on stdin, one at a time: `flood` sends as fast as the
// connections allow, `steady` at a constant rate until `stop`. Writes the results to stdout.
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from '../parts/child-process.ts'
import { type HttpClient, openClient } from '../parts/http-client.ts'
import type { LoadCommand, LoadReport } from '../parts/load.ts'

const FORM = 'application/x-www-form-urlencoded'
let asked = 0
let stopped = false
/** Unique to this process, so that two of them never sign up the same person. */
const origin = `${process.pid}-${Date.now()}`

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const command = JSON.parse(line) as LoadCommand
    if (command.do === 'stop') {
      stopped = true
      return
    }
    stopped = false
    say({ report: command.do === 'flood' ? await flood(command) : await steady(command) })
  })
  .on('close', () => process.exit(0))
say({ loaded: true })

async function flood({ port, connections, seconds }: Extract<LoadCommand, { do: 'flood' }>): Promise<LoadReport> {
  const clients = await Promise.all(Array.from({ length: connections }, () => openClient(port)))
  const report = newReport()
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1_000
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < endsAt && !stopped) await timed(report, 'sign-up', () => signUp(client))
    }),
  )
  return finished(report, startedAt, cpu, clients)
}

/** Times are measured from when a request was scheduled, so that a stall is not hidden by the requests it delayed. */
async function steady({ port, perSecond, tokens }: Extract<LoadCommand, { do: 'steady' }>): Promise<LoadReport> {
  const free: HttpClient[] = []
  const all: HttpClient[] = []
  const report = newReport()
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const underWay = new Set<Promise<void>>()
  const left = [...tokens]
  for (let number = 0; !stopped; number += 1) {
    const dueAt = startedAt + (number * 1_000) / perSecond
    await sleep(Math.max(0, dueAt - performance.now()))
    const token = number % 2 === 1 ? left.pop() : undefined
    const work = (async () => {
      const client = free.pop() ?? (await openClient(port))
      if (!all.includes(client)) all.push(client)
      await timed(
        report,
        token === undefined ? 'sign-up' : 'confirm',
        () => (token === undefined ? signUp(client) : client.post(`/confirm/${token}`, FORM, '')),
        dueAt,
      )
      free.push(client)
    })()
    underWay.add(work)
    work.finally(() => underWay.delete(work))
  }
  await Promise.all(underWay)
  return finished(report, startedAt, cpu, all)
}

function signUp(client: HttpClient): Promise<number> {
  asked += 1
  const body = {
    email: `visitor-${asked}-${origin}@visitors.example`,
    name: 'Grace',
    timeZone: 'Europe/Berlin',
    hour: 7,
  }
  return client.post('/sign-up', 'application/json', JSON.stringify(body))
}

async function timed(
  report: LoadReport,
  kind: 'sign-up' | 'confirm',
  work: () => Promise<number>,
  since = performance.now(),
): Promise<void> {
  const status = await work().catch(() => 0)
  report.times[kind].push(performance.now() - since)
  if (status < 200 || status > 299) report.refused += 1
}

function newReport(): LoadReport {
  return { times: { 'sign-up': [], confirm: [] }, refused: 0, ms: 0, cpuShare: 0 }
}

function finished(
  report: LoadReport,
  startedAt: number,
  cpu: NodeJS.CpuUsage,
  clients: readonly HttpClient[],
): LoadReport {
  const ms = performance.now() - startedAt
  const used = process.cpuUsage(cpu)
  for (const client of clients) client.close()
  return { ...report, ms, cpuShare: (used.user + used.system) / 1_000 / ms }
}
