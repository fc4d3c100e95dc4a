// Prepares a fresh clone: Node 24, the locked packages and redis-server; for tests also a browser and Postfix's test
// programs, for benchmarks only the latter. Runs before every `npm start` and `npm test`, and does nothing if all is in
// place. Plain JavaScript without dependencies, because nothing is installed yet and any Node from 20 on may run it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fetchNode } from './fetch-node.mjs'
import { findChromium, findPostfixTool, findPostgres, findProgram, hasFonts, postfixFolder } from './find-programs.mjs'
import { findNode, nodeIntegrity, nodePackage, pinnedNode, root, runtimeFolder } from './node-version.mjs'
import { installSystemPackages, systemAdvice, withPackageLists } from './system-packages.mjs'

const forTests = process.argv.includes('--for-tests')
const forBench = process.argv.includes('--for-bench')
let announced = false

if (Number.parseInt(process.versions.node, 10) < 20) {
  stop(
    `Node ${process.versions.node} is too old to set this project up. Install Node 20 or newer, then run this again.`,
  )
}
setUpNode()
setUpPackages()
if (forTests || wantsMailbox()) setUpMailbox()
setUpSystemPrograms()
if (forTests || forBench) setUpPostfixTools()

function setUpNode() {
  if (findNode() !== null) return
  const integrity = nodeIntegrity[nodePackage]
  if (integrity === undefined) {
    stop(
      `This project runs on Node 24 and this is Node ${process.versions.node}.\n` +
        'Install Node 24 (https://nodejs.org/en/download, or "nvm install 24"), then run this again.',
    )
  }
  step(`Node ${pinnedNode}`, () => {
    const fetched = { folder: runtimeFolder, name: nodePackage, version: pinnedNode, integrity, npm: tryNpm }
    const fault = fetchNode(fetched)
    if (fault !== null) stop(fault)
    const works = spawnSync(findNode() ?? '', ['--version'], { encoding: 'utf8' })
    if (works.status !== 0) {
      rmSync(join(runtimeFolder, 'node_modules'), { recursive: true, force: true })
      stop('The fetched Node does not start on this system. Install Node 24 yourself, then run this again.')
    }
  })
}

// The built-in test mailbox catches all email. It is not installed in production, where it would add attack surface.
function wantsMailbox() {
  if (forBench) return false
  const file = join(root, '.env')
  const lines = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const setting = (name) =>
    process.env[name] ?? new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=\\s*["']?([^"'\\s#]*)`, 'm').exec(lines)?.[1]
  return setting('NODE_ENV') !== 'production' && !setting('SMTP_URL')
}

function setUpMailbox() {
  const folder = join(root, 'tools/mailbox')
  const marker = join(folder, 'node_modules/.locked')
  const wanted = lockHash(folder)
  if (existsSync(marker) && readFileSync(marker, 'utf8').trim() === wanted) return
  step('the built-in mailbox', () => {
    npm(['ci', '--ignore-scripts', '--prefer-offline'], folder)
    writeFileSync(marker, `${wanted}\n`)
  })
}

function lockHash(folder) {
  return createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
}

// The hash is written last, so that an interrupted install is repeated.
function setUpPackages() {
  const marker = join(root, 'node_modules/.locked')
  const wanted = lockHash(root)
  const [installed, extent] = existsSync(marker) ? readFileSync(marker, 'utf8').trim().split(' ') : []
  if (installed === wanted && (extent === 'all' || !forTests)) return
  // Running needs about half of the packages for testing; once installed, those are kept.
  const all = forTests || extent === 'all'
  step(all ? 'packages, with those for tests' : 'packages', () => {
    // All binaries are included in packages, so install scripts are not needed and disabled.
    npm(['ci', all ? '--include=dev' : '--omit=dev', '--ignore-scripts', '--prefer-offline'])
    writeFileSync(marker, `${wanted} ${all ? 'all' : 'run'}\n`)
  })
}

function setUpSystemPrograms() {
  const missing = []
  if (findProgram('redis-server') === null) missing.push('redis-server')
  if (forTests && findChromium() === null) missing.push('chromium')
  if (forTests && !hasFonts()) missing.push('fonts')
  // Some tests parse emails with Python, independently of JavaScript.
  if (forTests && findProgram('python3') === null) missing.push('python3')
  if ((forTests || forBench) && findPostgres('initdb') === null) missing.push('postgres')
  if (missing.length === 0) return
  step(missing.join(', '), () => installSystemPackages(missing, stop))
  if (findProgram('redis-server') === null) stop(`redis-server is still missing. ${systemAdvice(['redis-server'])}`)
  if (forTests && findChromium() === null) {
    stop('Chromium is still missing. Install Chromium or Chrome, or set CHROMIUM to its path, then run this again.')
  }
}

// Installing the package would replace the system's mail server, but its two test programs can run from a folder.
function setUpPostfixTools() {
  if (findPostfixTool('smtp-sink') !== null && findPostfixTool('smtp-source') !== null) return
  if (findProgram('apt-get') === null) stop(`smtp-sink is missing. ${systemAdvice(['postfix'])}`)
  step('smtp-sink', () => {
    const folder = `${postfixFolder}.new`
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    if (!withPackageLists(() => quietly('apt-get', ['download', 'postfix'], folder).status === 0)) {
      stop(
        'Cannot download the Debian package "postfix", which holds smtp-sink. Run "apt-get update", then this again.',
      )
    }
    const archive = readdirSync(folder).find((name) => name.endsWith('.deb')) ?? ''
    if (quietly('dpkg', ['-x', archive, '.'], folder).status !== 0) stop(`Cannot unpack ${join(folder, archive)}.`)
    rmSync(join(folder, archive))
    rmSync(postfixFolder, { recursive: true, force: true })
    renameSync(folder, postfixFolder)
    if (!works('smtp-sink')) installSystemPackages(['postfix-libraries'], stop)
    if (!works('smtp-sink') || !works('smtp-source')) stop(`smtp-sink does not start from ${postfixFolder}.`)
  })
}

/** Without arguments both print their usage, unless a library is missing. */
function works(name) {
  const tool = findPostfixTool(name)
  if (tool === null) return false
  const tried = spawnSync(tool.path, [], { env: tool.env, encoding: 'utf8', timeout: 5000 })
  return tried.stderr.includes('usage:')
}

function npm(npmArguments, folder = root) {
  const { status, output } = tryNpm(npmArguments, folder)
  if (status !== 0) stop(`"npm ${npmArguments.join(' ')}" failed:\n${output}`)
}

function tryNpm(npmArguments, folder) {
  // npm also runs with the new Node once it is installed, because some packages require it.
  const path = `${dirname(findNode() ?? process.execPath)}:${process.env.PATH}`
  const cli = process.env.npm_execpath
  const [program, first] = cli?.endsWith('.js') ? [findNode() ?? process.execPath, [cli]] : ['npm', []]
  const done = spawnSync(program, [...first, ...npmArguments, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  return { status: done.status, output: done.error?.message ?? `${done.stdout}${done.stderr}` }
}

function quietly(program, programArguments, cwd) {
  return spawnSync(program, programArguments, { cwd, stdio: 'ignore' })
}

function step(name, work) {
  if (!announced) console.log('Setting up, which is needed only once:')
  announced = true
  process.stdout.write(`  ${name} ... `)
  const start = performance.now()
  work()
  console.log(`${((performance.now() - start) / 1000).toFixed(1)} s`)
}

function stop(sentence) {
  console.error(announced ? `\n${sentence}` : sentence)
  process.exit(1)
}
