import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Names this process for as long as it lives and never again: host, process id, and when the process began, so that a
 * later process with the same id is not taken for it.
 */
export function workerName(): string {
  return `${hostname()}/${process.pid}/${startOf(process.pid)}`
}

/** Whether the worker of this name is known to have ended. Of other hosts nothing is known. */
export function isDeadWorker(name: string): boolean {
  const [host, pid, start] = name.split('/')
  if (host !== hostname() || !pid || !start) return false
  return startOf(Number(pid)) !== start
}

/** The kernel's start time of a process (proc(5), stat field 22); where there is no /proc, whether it runs at all. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; it only waits for its parent to notice.
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
