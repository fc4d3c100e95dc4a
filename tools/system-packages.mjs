// Installs programs with apt on Debian and derivatives; elsewhere it says what to run.
import { spawnSync } from 'node:child_process'
import { findProgram } from './find-programs.mjs'

const names = {
  apt: {
    'redis-server': ['redis-server'],
    chromium: ['chromium'],
    fonts: ['fonts-dejavu-core', 'fonts-liberation'],
    postfix: ['postfix'],
    postgres: ['postgresql'],
    python3: ['python3'],
  },
  dnf: {
    'redis-server': ['redis'],
    chromium: ['chromium'],
    fonts: ['dejavu-sans-fonts'],
    postfix: ['postfix'],
    postgres: ['postgresql-server'],
    python3: ['python3'],
  },
  apk: {
    'redis-server': ['redis'],
    chromium: ['chromium'],
    fonts: ['font-dejavu'],
    postfix: ['postfix'],
    postgres: ['postgresql'],
    python3: ['python3'],
  },
  brew: {
    'redis-server': ['redis'],
    chromium: ['--cask', 'chromium'],
    fonts: [],
    postfix: ['postfix'],
    postgres: ['postgresql@17'],
    python3: ['python3'],
  },
}
const commands = {
  apt: 'apt-get update && apt-get install -y --no-install-recommends',
  dnf: 'dnf install -y',
  apk: 'apk add',
  brew: 'brew install',
}
// Debian starts services on installation, except in runlevel 1. This project starts its own Redis.
const quietInstall = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }

/** A sentence with the command to run on this system. */
export function systemAdvice(programs) {
  const manager = Object.keys(commands).find((name) => findProgram(name === 'apt' ? 'apt-get' : name) !== null)
  if (manager === undefined) return `Install ${programs.join(', ')}, then run this again.`
  const packages = programs.flatMap((program) => packagesFor(manager, program))
  const root = manager === 'brew' ? '' : 'sudo '
  const command = commands[manager].replaceAll('apt-get', `${root}apt-get`)
  return `Run this, then try again:\n  ${manager === 'apt' ? '' : root}${command} ${packages.join(' ')}`
}

/** Installs the programs, or calls `stop` with the command to run. */
export function installSystemPackages(programs, stop) {
  const privilege = findPrivilege()
  if (findProgram('apt-get') === null || privilege === null) {
    const reason = privilege === null ? ' and this user may not install packages' : ''
    stop(`Missing: ${programs.join(', ')}${reason}. ${systemAdvice(programs)}`)
  }
  let packages = []
  let last = null
  const installed = withPackageLists(() => {
    packages = programs.flatMap((program) => packagesFor('apt', program))
    last = asRoot(privilege, ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages])
    return last.status === 0
  })
  if (!installed) {
    const tail = `${last.stdout}${last.stderr}`.trim().split('\n').slice(-5).join('\n')
    stop(`Installing ${packages.join(', ')} failed:\n${tail}\n${systemAdvice(programs)}`)
  }
}

/** Tries; on failure, updates the package lists, which may be missing or outdated, and tries again. */
export function withPackageLists(attempt) {
  if (attempt()) return true
  const privilege = findPrivilege()
  if (privilege === null) return false
  return asRoot(privilege, ['update', '-o', 'DPkg::Lock::Timeout=120']).status === 0 && attempt()
}

function packagesFor(manager, program) {
  if (program === 'postfix-libraries') return postfixLibraries()
  if (manager === 'apt' && program === 'chromium') return [debianChromium()]
  return names[manager][program]
}

/** Debian's headless Chromium if available: a third faster and half the size. */
function debianChromium() {
  const shell = 'chromium-headless-shell'
  const result = spawnSync('apt-cache', ['policy', shell], { encoding: 'utf8' })
  return /Candidate: \d/.test(result.stdout ?? '') ? shell : 'chromium'
}

/** The libraries of Debian's postfix without postfix itself; their names include the release's versions. */
function postfixLibraries() {
  const result = spawnSync('apt-cache', ['depends', '--important', 'postfix'], { encoding: 'utf8' })
  return [...(result.stdout ?? '').matchAll(/^ *Depends: (lib\S+)$/gm)].map((match) => match[1])
}

/** How to become root: already root, sudo without a password, or null. */
function findPrivilege() {
  if (process.getuid?.() === 0) return []
  if (findProgram('sudo') === null) return null
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null
}

function asRoot(privilege, aptArguments) {
  const settings = Object.entries(quietInstall).map(([name, value]) => `${name}=${value}`)
  const [program, ...rest] = [...privilege, 'env', ...settings, 'apt-get', '-q', ...aptArguments]
  return spawnSync(program, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
