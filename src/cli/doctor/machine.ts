import { type Finding, ok, problem, warning } from '../../core/doctor/sender-records.ts'
import { formatProblem } from '../../core/errors.ts'
import type { Check, DoctorDeps } from './deps.ts'

/** What the service needs of this machine: Redis, the database, the course files, the disk. */
export const MACHINE_CHECKS: readonly Check[] = [
  { name: 'redis', run: async (deps) => [await redis(deps)] },
  { name: 'database', run: async (deps) => [await database(deps)] },
  { name: 'courses', run: async (deps) => [await courses(deps)] },
  { name: 'disk', run: async (deps) => [await disk(deps)] },
  { name: 'files', run: async (deps) => [await files(deps)] },
]

const MB = 1024 * 1024

async function redis({ settings, checkRedis }: DoctorDeps): Promise<Finding> {
  if (settings.redis === null) return ok('"npm start" runs its own Redis, which does not evict keys.')
  const { state, doubt, master } = await checkRedis(settings.redis)
  if (state === 'away')
    return master === null
      ? problem('Redis cannot be reached at REDIS_URL.', 'Start it, correct the address, or leave REDIS_URL out.')
      : problem(
          `The master that Sentinel names, ${master}, cannot be reached from here, or a failover is under way.`,
          'If it stays so, let Redis announce an address that this machine reaches (replica-announce-ip).',
        )
  const answers = master === null ? 'Redis answers' : `Redis answers at ${master}, the master that Sentinel names,`
  return doubt === null
    ? ok(`${answers} and does not evict keys (noeviction).`)
    : warning(`${answers.replace(/,$/, '')}.`, doubt)
}

async function database({ settings, databaseProblem }: DoctorDeps): Promise<Finding> {
  const found = await databaseProblem(settings.database, settings.databaseConnections)
  return found === null ? ok('The database can be opened or created.') : problem(found, '')
}

async function courses({ courseProblems }: DoctorDeps): Promise<Finding> {
  const problems = await courseProblems()
  return problems.length === 0
    ? ok('Every email of every course can be built.')
    : problem(problems.map(formatProblem).join('\n'), '')
}

async function disk({ settings, freeBytes }: DoctorDeps): Promise<Finding> {
  const free = Math.floor((await freeBytes(settings.dataDir)) / MB)
  const fix = 'Make room, or move DATA_DIR.'
  if (free < 100) return problem(`${free} MB are free in the data folder.`, fix)
  return free < 1024
    ? warning(`${free} MB are free in the data folder.`, fix)
    : ok(`${Math.floor(free / 1024)} GB are free in the data folder.`)
}

/** Anyone who can read these files can sign email in your name, or decrypt what learners wrote. */
async function files({ settings, fileMode, filesOpenToOthers }: DoctorDeps): Promise<Finding> {
  const all = [
    `${settings.dataDir}/secret`,
    '.env',
    ...settings.dkim.map(({ keyFile }) => keyFile),
    ...(settings.bounceTls === null ? [] : [settings.bounceTls.keyFile]),
  ]
  const seen = await Promise.all(all.map(async (file) => ({ file, mode: await fileMode(file) })))
  const open = seen.filter(({ mode }) => mode !== null && (mode & 0o077) !== 0).map(({ file }) => file)
  if (open.length > 0) return problem(`Other users can read ${open.join(', ')}.`, `chmod 600 ${open.join(' ')}`)
  const data = filesOpenToOthers()
  if (data.length > 0) {
    const named = `${data.slice(0, 3).join(', ')}${data.length > 3 ? ` and ${data.length - 3} more` : ''}`
    const fix = `Start the service, which closes what belongs to its user, or: chmod -R u=rwX,go= ${settings.dataDir}`
    return problem(`Other users can access ${named}.`, fix)
  }
  const there = seen.filter(({ mode }) => mode !== null).length
  return ok(
    there === 0 ? 'No file contains a secret yet.' : `Files with secrets (${there}) are readable by their owner only.`,
  )
}
