import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Options } from '../options.ts'
import { type Check, isMet, type Measured } from './measure.ts'
import { drawPlot } from './plot.ts'
import { median } from './statistics.ts'
import { asMarkdown, asText, figure, type Table } from './table.ts'

export interface Report {
  readonly startedAt: string
  readonly tookSeconds: number
  readonly machine: Readonly<Record<string, unknown>>
  readonly options: Options
  readonly measures: Readonly<Record<string, Measured>>
}

/** Magic number of tmpfs (statfs(2)), where commits do not wait for a disk. */
const TMPFS = 0x01021994

export async function describeMachine(dataFolder: string): Promise<Readonly<Record<string, unknown>>> {
  const { type: kind } = await statfs(dataFolder)
  return {
    system: `${type()} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.version,
    durableWriteMs: Number(durableWriteMs(dataFolder).toFixed(3)),
    redis: firstLine('redis-server', ['--version']),
    commit: firstLine('git', ['rev-parse', '--short', 'HEAD']),
    ...(kind === TMPFS && {
      warning: 'Data folder memory: commits cost nothing, and no figure of writing holds.',
    }),
  }
}

/** Writes report.json, report.md and the plots, and returns their paths. */
export function writeReport(folder: string, report: Report): readonly string[] {
  mkdirSync(folder, { recursive: true })
  const files: [string, string][] = [
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
    ['report.md', markdown(report)],
    ...Object.values(report.measures)
      .flatMap(({ plots }) => plots)
      .map((plot): [string, string] => [`${plot.name}.svg`, drawPlot(plot)]),
  ]
  return files.map(([name, content]) => {
    const file = join(folder, name)
    writeFileSync(file, content)
    return file
  })
}

export function forTerminal({ measures, machine }: Report): string {
  const parts = Object.values(measures).flatMap(({ tables, notes }) => [
    ...tables.map(asText),
    ...(notes.length > 0 ? [notes.map((note) => `  ${note}`).join('\n')] : []),
  ])
  return [...parts, asText(targets(measures)), ...(machine.warning ? [String(machine.warning)] : [])].join('\n\n')
}

export function missed(measures: Report['measures']): readonly Check[] {
  return Object.values(measures)
    .flatMap(({ checks }) => checks)
    .filter((check) => isMet(check) === false)
}

function markdown({ measures, machine, startedAt }: Report): string {
  const facts = Object.entries(machine).map(([name, value]) => `- ${name}: ${value}`)
  const parts = Object.values(measures).flatMap(({ title, tables, notes, plots }) => [
    `## ${title}`,
    ...tables.map(asMarkdown),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    ...plots.map((plot) => `![${plot.title}](${plot.name}.svg)`),
  ])
  return `${['# Benchmarks', `${startedAt}`, facts.join('\n'), ...parts, asMarkdown(targets(measures))].join('\n\n')}\n`
}

function targets(measures: Report['measures']): Table {
  const checks = Object.values(measures).flatMap(({ checks }) => checks)
  const marks = new Map([
    [true, 'met'],
    [false, 'MISSED'],
    [null, 'unknown'],
  ])
  return {
    title: 'Targets',
    columns: ['', 'measured', '', 'target', 'unit', ''],
    rows: checks.map((check) => [
      check.what,
      figure(check.value),
      check.compare,
      figure(check.target),
      check.unit,
      marks.get(isMet(check)) ?? '',
    ]),
  }
}

/** The time of a durable page write, which every commit waits for. */
function durableWriteMs(folder: string): number {
  const file = join(folder, 'durable')
  const descriptor = openSync(file, 'w')
  const page = Buffer.alloc(4_096, 1)
  try {
    const times = Array.from({ length: 200 }, (_, number) => {
      const startedAt = performance.now()
      writeSync(descriptor, page, 0, page.length, (number % 16) * page.length)
      fdatasyncSync(descriptor)
      return performance.now() - startedAt
    })
    return median(times)
  } finally {
    closeSync(descriptor)
    rmSync(file)
  }
}

function firstLine(program: string, programArguments: readonly string[]): string {
  try {
    const said = execFileSync(program, programArguments, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return said.split('\n')[0] ?? ''
  } catch {
    return 'unknown'
  }
}
