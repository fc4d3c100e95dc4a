import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/local/embedded-redis.ts'

const library = fileURLToPath(new URL('../../src/local/embedded-redis.ts', import.meta.url))
let dataDir = ''
const running = new Set<EmbeddedRedis>()
const children = new Set<ChildProcess>()

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bootcamp-redis-'))
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  for (const redis of running) await redis.stop()
  children.clear()
  running.clear()
  rmSync(dataDir, { recursive: true, force: true })
})

test('it evicts nothing, appends every write to a file, and listens on no port', async () => {
  const client = connect(await start())
  const settings = await client.config('GET', 'maxmemory-policy', 'append*', 'port', 'save')
  client.disconnect()
  expect(settings).toEqual(expect.arrayContaining(['noeviction', 'everysec', 'port', '0']))
  expect((settings as string[])[(settings as string[]).indexOf('appendonly') + 1]).toBe('yes')
})

test('what was written is there after a restart', async () => {
  const first = await start()
  const before = connect(first)
  await before.set('lesson', 'one')
  before.disconnect()
  await stop(first)
  expect(isAlive(first.pid())).toBe(false)

  const after = connect(await start())
  expect(await after.get('lesson')).toBe('one')
  after.disconnect()
})

test('a data folder with a long path gets its socket elsewhere', async () => {
  const deep = join(dataDir, 'd'.repeat(120))
  mkdirSync(deep)
  const redis = await start(deep)
  expect(redis.url.length).toBeLessThanOrEqual(100)
  const client = connect(redis)
  expect(await client.ping()).toBe('PONG')
  client.disconnect()
})

test('a second service on the same folder is refused and does the first no harm', async () => {
  const first = await start()
  await expect(startEmbeddedRedis({ dataDir })).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringMatching(new RegExp(`process ${process.pid}.* Stop that one first`)),
  })
  expect(isAlive(first.pid())).toBe(true)
})

test('a Redis that dies is told and started again with its data', async () => {
  const troubles: string[] = []
  const redis = await start(dataDir, (sentence) => troubles.push(sentence))
  const client = connect(redis)
  await client.set('lesson', 'two')
  await client.wait(0, 0)
  const dead = redis.pid()
  process.kill(dead, 'SIGKILL')
  await until(() => redis.pid() !== dead && isAlive(redis.pid()))
  expect(await client.get('lesson')).toBe('two')
  expect(troubles).toEqual([expect.stringContaining('stopped and is being restarted')])
  client.disconnect()
})

test('it is gone when its parent is killed outright, and the next start finds the data', async () => {
  const { child, pid } = await startInChild()
  child.kill('SIGKILL')
  await until(() => !isAlive(pid))

  const next = await start()
  expect(isAlive(next.pid())).toBe(true)
})

test('Ctrl-C in a terminal, which signals the whole process group, does not reach it', async () => {
  const { child, pid } = await startInChild()
  process.kill(-(child.pid as number), 'SIGINT')
  await until(() => child.exitCode === 7)
  // The child asked Redis after the signal and left with 7 because it answered.
  await until(() => !isAlive(pid))
})

test('one left over by a keeper that was killed is stopped first', async () => {
  const folder = join(dataDir, 'redis')
  mkdirSync(folder)
  const flags = ['--port', '0', '--unixsocket', join(folder, 'redis.sock'), '--dir', folder, '--save', '']
  const left = spawn('redis-server', flags, { stdio: 'ignore' })
  children.add(left)
  const probe = new Redis(join(folder, 'redis.sock'))
  probe.on('error', () => {})
  await probe.ping()
  probe.disconnect()

  const redis = await start()
  expect(left.exitCode).toBe(0)
  expect(redis.pid()).not.toBe(left.pid)
})

test('a folder that cannot be written to is told with its cure', async () => {
  writeFileSync(join(dataDir, 'file'), '')
  await expect(startEmbeddedRedis({ dataDir: join(dataDir, 'file') })).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringMatching(/Cannot write to the data folder .* set DATA_DIR/),
  })
})

test('a damaged file is told in one sentence, and no process is left', async () => {
  const redis = await start()
  await stop(redis)
  writeFileSync(join(dataDir, 'redis/appendonlydir/appendonly.aof.manifest'), 'nonsense\n')
  await expect(startEmbeddedRedis({ dataDir })).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringMatching(/^The built-in Redis does not start in .*: .* set REDIS_URL to your own Redis\.$/),
  })
})

async function start(folder = dataDir, onProblem: (sentence: string) => void = () => {}): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ dataDir: folder, onProblem })
  running.add(redis)
  return redis
}

async function stop(redis: EmbeddedRedis): Promise<void> {
  running.delete(redis)
  await redis.stop()
}

function connect(redis: EmbeddedRedis): Redis {
  const client = new Redis(redis.url, { maxRetriesPerRequest: null })
  client.on('error', () => {})
  return client
}

/** A process of its own that keeps a Redis, and on SIGINT leaves with 7 if that Redis still answers. */
async function startInChild(): Promise<{ child: ChildProcess; pid: number }> {
  const script = `
    import { startEmbeddedRedis } from ${JSON.stringify(library)}
    import { Redis } from 'ioredis'
    const redis = await startEmbeddedRedis({ dataDir: ${JSON.stringify(dataDir)} })
    process.on('SIGINT', async () => process.exit((await new Redis(redis.url).ping()) === 'PONG' ? 7 : 1))
    setInterval(() => {}, 1000)
    console.log(redis.pid())
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  const line = await new Promise<string>((settle) => child.stdout?.once('data', (data) => settle(String(data))))
  return { child, pid: Number(line) }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(condition: () => boolean): Promise<void> {
  const patience = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > patience) throw new Error('It did not happen within ten seconds.')
    await new Promise((settle) => setTimeout(settle, 20))
  }
}
