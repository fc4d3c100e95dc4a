import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { connect as connectTo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../test/support/free-port.ts'
import { findPostfixTool } from '../../tools/find-programs.mjs'
import { type Child, runChild, startChild } from './child-process.ts'
import type { Cleanup } from './cleanup.ts'

/** postfix's smtp-sink, which accepts and discards every message. */
export interface Sink {
  readonly port: number
  /** Messages whose final dot it has received. */
  count(): number
  stop(): Promise<void>
}

const BACKLOG = '1000'
const START_LIMIT_MS = 10_000

/** `folder` is for its output. */
export async function startSink(cleanup: Cleanup, folder: string): Promise<Sink> {
  const { path, env } = tool('smtp-sink')
  const port = await freePort()
  const counter = join(folder, `sink-${port}`)
  const file = openSync(counter, 'w')
  const flags = ['-c', '-m', '1000']
  // It refuses to run as root.
  if (process.getuid?.() === 0) flags.push('-u', 'nobody')
  const child = startChild(cleanup, path, [...flags, `127.0.0.1:${port}`, BACKLOG], { env, cwd: folder, stdout: file })
  closeSync(file)
  await waitUntilListening(port, child, 'smtp-sink')
  return { port, count: () => lastCount(counter), stop: () => child.stop('SIGTERM') }
}

/**
 * ms that postfix's smtp-source takes to send this many messages of `bytes` each on keep-alive connections. It sends
 * one prepared text repeatedly and records nothing, so it is the upper limit for the service.
 */
export async function runSource(
  cleanup: Cleanup,
  options: { port: number; messages: number; connections: number; bytes: number; cwd: string },
): Promise<number> {
  const { path, env } = tool('smtp-source')
  const numbers = ['-s', options.connections, '-m', options.messages, '-l', options.bytes].map(String)
  const addresses = ['-f', 'course@course.example', '-t', 'learner@learner.example']
  return runChild(cleanup, path, ['-d', ...numbers, ...addresses, `127.0.0.1:${options.port}`], {
    env,
    cwd: options.cwd,
  })
}

/** Fails with its output if the server ends first, or does not answer within ten seconds. */
export async function waitUntilListening(port: number, child: Child, name: string): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS
  while (!(await answers(port))) {
    if (!child.isRunning() || performance.now() > deadline)
      throw new Error(`${name} does not start. It said: ${child.words() || 'nothing'}`)
    await sleep(20)
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(port, '127.0.0.1')
    socket.once('data', () => {
      socket.end('QUIT\r\n')
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** The sink overwrites its counters in place, as for a terminal. */
function lastCount(file: string): number {
  const size = statSync(file).size
  const length = Math.min(size, 200)
  const tail = Buffer.alloc(length)
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, tail, 0, length, size - length)
  } finally {
    closeSync(descriptor)
  }
  const counts = [...tail.toString('latin1').matchAll(/mesg=(\d+)\D/g)]
  return Number(counts.at(-1)?.[1] ?? 0)
}

function tool(name: 'smtp-sink' | 'smtp-source') {
  const found = findPostfixTool(name)
  if (found) return found
  throw new Error(`${name} is missing. Run "npm run bench", which fetches it, or install postfix.`)
}
