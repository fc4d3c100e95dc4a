import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A name that is unique to this process: host, process id and start time, because process ids are reused. */
export function workerName(): string {
  return `${hostname()}/${process.pid}/${startOf(process.pid)}`
}

/** Whether the worker of this name has certainly exited. Always false for other hosts. */
export function isDeadWorker(name: string): boolean {
  const [host, pid, start] = name.split('/')
  if (host !== hostname() || !pid || !start) return false
  return startOf(Number(pid)) !== start
}

/** The kernel's start time of a process (proc(5), stat field 22); without /proc, only whether it is running. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has exited; its parent has not collected it yet.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? 'ended')
  } catch {
    return process.platform === 'linux' ? 'ended' : isRunning(pid) ? 'running' : 'ended'
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
