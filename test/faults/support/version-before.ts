import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

/** The service as it was before its newest migration, ready to run. */
export interface VersionBefore {
  /** The commit, shortened as git does. */
  readonly commit: string
  /** The folder with its files. */
  readonly tree: string
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>
}

/**
 * Unpacks into `folder` the last commit without the migration `newest`, beside the packages of this checkout. Throws if the
 * history does not reach back to it, or if it needs other packages.
 */
export function unpackVersionBefore(repository: string, newest: string, folder: string): VersionBefore {
  const commit = commitBefore(repository, newest)
  const tree = join(folder, 'version-before')
  mkdirSync(tree)
  const archive = join(folder, 'version-before.tar')
  git(repository, ['archive', `--output=${archive}`, commit])
  run('tar', ['-xf', archive, '-C', tree], folder)
  const [before, now] = [tree, repository].map(
    (place) => JSON.parse(readFileSync(join(place, 'package-lock.json'), 'utf8')) as Lock,
  ) as [Lock, Lock]
  const differing = differingPackages(before, now)
  const short = git(repository, ['rev-parse', '--short', commit])
  if (differing.length > 0)
    throw new Error(
      `The version before (${short}) runs on other packages than those of this checkout: ${differing.join(', ')}. ` +
        'They cannot both run on one node_modules. Check that commit out elsewhere, install its packages, and try the upgrade by hand.',
    )
  for (const name of ['node_modules', '.runtime'])
    if (existsSync(join(repository, name))) symlinkSync(join(repository, name), join(tree, name))
  return { commit: short, tree }
}

/**
 * The last commit of the main line that does not have the migration; the checked-out one while the migration is not committed
 * yet. Throws if the history was cut off before it.
 */
export function commitBefore(repository: string, migration: string): string {
  if (run('git', ['rev-parse', '--git-dir'], repository, 'answer').status !== 0)
    throw new Error(
      `${repository} is no git checkout, so the version before is not in it. Clone the repository instead.`,
    )
  const file = `db/migrations/${migration}.ts`
  const line = ['log', '--first-parent', '-m', '--diff-filter=A', '-1', '--format=%H']
  const added = git(repository, [...line, '--', file])
  if (added === '') return git(repository, ['rev-parse', 'HEAD'])
  const before = run('git', ['rev-parse', '--verify', '--quiet', `${added}^1`], repository, 'answer')
  if (before.status === 0) return before.stdout.trim()
  throw new Error(
    git(repository, ['rev-parse', '--is-shallow-repository']) === 'true'
      ? `This is a shallow clone whose history ends after the version before ${migration}. Run git fetch --unshallow, then this test again.`
      : `There is no version before ${migration}: the first commit has it already.`,
  )
}

/** Packages that are not for tests alone and that one lock file has otherwise than the other, with both versions. */
export function differingPackages(before: Lock, now: Lock): readonly string[] {
  const versions = ({ packages }: Lock) =>
    new Map(
      Object.entries(packages)
        .filter(([path, { dev }]) => path !== '' && dev !== true)
        .map(([path, { version = 'none' }]) => [path.replace(/^node_modules\//, ''), version]),
    )
  const [old, current] = [versions(before), versions(now)]
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((name) => old.get(name) !== current.get(name))
    .map((name) => `${name} (${old.get(name) ?? 'none'}, now ${current.get(name) ?? 'none'})`)
}

function git(repository: string, words: readonly string[]): string {
  return run('git', words, repository).stdout.trim()
}

/** Throws if the program fails, unless its failing is an answer too. */
function run(program: string, words: readonly string[], cwd: string, failing: 'error' | 'answer' = 'error') {
  // Within a hook, git's variables name another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd, env, encoding: 'utf8' })
  if (error || (status !== 0 && failing === 'error'))
    throw new Error(`${program} ${words[0]} failed: ${error?.message ?? stderr}`)
  return { status, stdout }
}
