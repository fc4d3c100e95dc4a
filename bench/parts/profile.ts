import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { figure, type Table } from './table.ts'

/** V8's output of --cpu-prof; times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface SelfTime {
  readonly name: string
  readonly place: string
  readonly ms: number
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Time without work. */
const WAITING = '(idle)'

/** All profiles in a folder, including those of worker threads. */
export function readProfiles(folder: string): readonly CpuProfile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile)
}

/** Self time of each function, without its callees, in descending order. */
export function selfTimes(profiles: readonly CpuProfile[]): readonly SelfTime[] {
  const times = new Map<string, SelfTime>()
  for (const { nodes, samples, timeDeltas } of profiles) {
    const byId = new Map(nodes.map((node) => [node.id, node.callFrame]))
    samples.forEach((id, index) => {
      const frame = byId.get(id)
      if (!frame || frame.functionName === WAITING) return
      const place = frame.url === '' ? '' : `${shortened(frame.url)}:${frame.lineNumber + 1}`
      const name = frame.functionName || '(anonymous)'
      const key = `${name} ${place}`
      const known = times.get(key)?.ms ?? 0
      times.set(key, { name, place, ms: known + (timeDeltas[index] ?? 0) / 1_000 })
    })
  }
  return [...times.values()].sort((one, other) => other.ms - one.ms)
}

/** `lessons`: all that were sent while the profile was taken. */
export function topTen(times: readonly SelfTime[], lessons: number): Table {
  const all = times.reduce((sum, { ms }) => sum + ms, 0)
  return {
    title: `The ten functions that take most of the worker's own time (all threads, from start to end, ${figure(lessons, 0)} lessons)`,
    columns: ['function', 'where', 'ms', 'share %', 'µs a lesson'],
    rows: times
      .slice(0, 10)
      .map(({ name, place, ms }) => [
        name,
        place,
        ms.toFixed(0),
        ((ms * 100) / all).toFixed(1),
        ((ms * 1_000) / lessons).toFixed(1),
      ]),
  }
}

function shortened(url: string): string {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url
  const module = path.lastIndexOf('node_modules/')
  if (module >= 0) return path.slice(module + 'node_modules/'.length)
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path
}
