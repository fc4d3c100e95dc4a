// Runs a script with a Node new enough for this project: the host's own, or the one that set-up put into .runtime.
// Dependency-free and plain JavaScript, because it must start on any Node from 20 up.
//   node tools/run.mjs [--service] [node options] script [arguments]
// With --service it runs as the long-lived processes do, in little memory.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { findNode } from './node-version.mjs'
import { commandEnvironment, serviceEnvironment } from './service-environment.mjs'

const PARENT_LOOK_MS = 500

const node = findNode()
if (node === null) {
  console.error('This project runs on Node 24. Run "npm start" or "npm test", which install it beside the project.')
  process.exit(1)
}

const given = process.argv.slice(2)
const isService = given[0] === '--service'
const env = isService ? serviceEnvironment(process.env) : commandEnvironment(process.env)
// The channel carries no messages. It closes when this process exits in any way, and the service stops then.
const stdio = isService ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit'
const child = spawn(node, isService ? given.slice(1) : given, { stdio, env })

// In a terminal the child may receive Ctrl-C twice (from the terminal and from here); src/run.ts treats them as one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))

// npm forwards SIGINT and SIGTERM only, and nothing if it is killed. Only npm is watched as a parent, because a shell
// may start this and exit.
if (isService && process.env.npm_lifecycle_event) {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    if (child.connected) child.disconnect()
  }, PARENT_LOOK_MS)
  watch.unref()
}

child.on('error', (error) => {
  console.error(`Cannot run ${node}: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0))
})
