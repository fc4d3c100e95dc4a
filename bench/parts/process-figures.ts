import { readFileSync } from 'node:fs'

/** The kernel reports CPU time in hundredths of a second (USER_HZ, proc(5)). */
const TICK_MS = 10

/** CPU time of a process and its threads so far, ms; null without /proc. */
export function cpuMs(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** The same for a process with all that it has started and still runs or has awaited. */
export function totalCpuMs(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const awaited = (Number(fields[13]) + Number(fields[14])) * TICK_MS
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter((one) => one !== '')
  return children.reduce((sum, child) => sum + (totalCpuMs(Number(child)) ?? 0), awaited + (cpuMs(pid) ?? 0))
}

/** Current and maximum resident memory, MB of 1,000,000 bytes; null without /proc. */
export function memoryMb(pid: number): { readonly now: number; readonly peak: number } | null {
  const status = read(`/proc/${pid}/status`)
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status ?? '')?.[1])
  const now = (kilobytes('VmRSS') * 1024) / 1e6
  const peak = (kilobytes('VmHWM') * 1024) / 1e6
  return Number.isFinite(now) && Number.isFinite(peak) ? { now, peak } : null
}

/** Samples a process ten times a second until `stop`, which returns the maximum resident memory, MB. */
export function watchMemory(pid: number): { stop(): number | null } {
  let highest: number | null = null
  const look = () => {
    const memory = memoryMb(pid)
    if (memory) highest = Math.max(highest ?? 0, memory.now)
  }
  look()
  const timer = setInterval(look, 100)
  return {
    stop() {
      clearInterval(timer)
      look()
      return highest
    },
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return null
  }
}
