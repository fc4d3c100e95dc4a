// Runs a script with a Node new enough for this project: the host's own, or the one that set-up put into .runtime.
// Dependency-free and plain JavaScript, because it must start on any Node from 20 up.
//   node tools/run.mjs [node options] script [arguments]
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { findNode } from './node-version.mjs'

const node = findNode()
if (node === null) {
  console.error('This project runs on Node 24. Run "npm start" or "npm test", which install it beside the project.')
  process.exit(1)
}

const child = spawn(node, process.argv.slice(2), { stdio: 'inherit' })

// In a terminal the child may get one Ctrl-C twice (from the terminal and from here); src/run.ts takes them as one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))

child.on('error', (error) => {
  console.error(`Cannot run ${node}: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0))
})
