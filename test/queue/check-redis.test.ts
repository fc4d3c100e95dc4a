import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { redisAt } from '../support/parse-servers.ts'
import { type RedisProcess, startRedisProcess } from '../support/redis-process.ts'
import { selfSigned } from '../support/self-signed.ts'
import { join as enrol } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES } from '../support/test-app.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function redis(lines: readonly string[] = [], mode: readonly string[] = []): Promise<RedisProcess> {
  const server = await startRedisProcess(lines, mode)
  closing.push(() => server.close())
  return server
}

const ask = (url: string, prefix = 'course') => checkRedis(redisAt(url), prefix)
const FINE = { state: 'ready', canUseInfo: true, doubt: null, master: null }
const refused = (sentence: RegExp) => ({ code: 'misconfigured', message: expect.stringMatching(sentence) })

/** Exactly the commands that the service needs. */
const COMMANDS = `+@read +@write +@string +@hash +@list +@set +@sortedset +@stream +@scripting +@blocking +@connection +@transaction +time -@dangerous`

describe('a Redis that works', () => {
  test('is ready, and the check leaves no keys behind', async () => {
    const { port } = await redis(['maxmemory-policy noeviction'])
    expect(await ask(`redis://127.0.0.1:${port}`)).toEqual(FINE)
    expect(await ask(`redis://localhost:${port}/3`)).toMatchObject({ state: 'ready' })
  })

  test('is ready for a user without INFO and with one key pattern, with a doubt about its memory policy', async () => {
    const { port } = await redis([`user worker on >word ~course:* resetchannels ${COMMANDS} -info`, 'user default off'])
    expect(await ask(`redis://worker:word@127.0.0.1:${port}`)).toEqual({
      state: 'ready',
      canUseInfo: false,
      doubt: expect.stringMatching(/maxmemory-policy cannot be read.*noeviction/),
      master: null,
    })
  })

  test('runs the service for such a user: jobs, sweep and horizon', async () => {
    const { port } = await redis([`user worker on >word ~course:* resetchannels ${COMMANDS} -info`, 'user default off'])
    const url = `redis://worker:word@127.0.0.1:${port}`
    const app = await createTestApp({
      worker: true,
      env: { COURSE: 'three-days', QUEUE_PREFIX: 'course' },
      overrides: { lessonsDir: FIXTURE_COURSES, sweepEveryMs: 3_600_000 },
      redis: redisAt(url),
    })
    closing.push(() => app.close())
    await enrol(app, 'mara@example.test')
    expect(queryRows(app.dataDir, "select 1 from delivery where state = 'sent'")).toHaveLength(2)
    await waitUntilIdle(app.dataDir, app.clock.now())
    expect(await app.app.ports.wakeUps.plannedUntil()).not.toBeNull()
  })
})

describe('a wrong setting is reported in one sentence with the fix', () => {
  test('a wrong, missing or superfluous password', async () => {
    const { port } = await redis(['requirepass secret'])
    const open = await redis()
    await expect(ask(`redis://:wrong@127.0.0.1:${port}`)).rejects.toMatchObject(refused(/name or password/))
    await expect(ask(`redis://nobody:secret@127.0.0.1:${port}`)).rejects.toMatchObject(refused(/name or password/))
    await expect(ask(`redis://127.0.0.1:${port}`)).rejects.toMatchObject(refused(/name or password/))
    await expect(ask(`redis://me:word@127.0.0.1:${open.port}`)).rejects.toMatchObject(refused(/name or password/))
  })

  test('a user who lacks a command', async () => {
    const { port } = await redis([`user worker on >word ~* resetchannels ${COMMANDS} -bzpopmin -xadd`])
    await expect(ask(`redis://worker:word@127.0.0.1:${port}`)).rejects.toMatchObject(
      refused(/lacks the commands bzpopmin, xadd\. .*\+bzpopmin \+xadd$/),
    )
  })

  test('a user who may only use other keys', async () => {
    const { port } = await redis([`user worker on >word ~other:* resetchannels ${COMMANDS}`])
    await expect(ask(`redis://worker:word@127.0.0.1:${port}`)).rejects.toMatchObject(
      refused(/keys that begin with course:.*~course:\*.*QUEUE_PREFIX/),
    )
  })

  test('a Sentinel', async () => {
    const main = await redis()
    const { port } = await redis([`sentinel monitor main 127.0.0.1 ${main.port} 1`], ['--sentinel'])
    await expect(ask(`redis://127.0.0.1:${port}`)).rejects.toMatchObject(refused(/Sentinel.*redis\+sentinel:\/\//))
  })

  test('a node of a cluster', async () => {
    const { port } = await redis(['cluster-enabled yes', 'cluster-config-file $folder/nodes.conf'])
    await expect(ask(`redis://127.0.0.1:${port}`)).rejects.toMatchObject(refused(/Cluster.*without cluster mode/))
  })

  test('a node of a cluster for a user without INFO', async () => {
    const { port } = await redis(['cluster-enabled yes', `user worker on >word ~* resetchannels ${COMMANDS} -info`])
    await expect(ask(`redis://worker:word@127.0.0.1:${port}`)).rejects.toMatchObject(refused(/Cluster/))
  })

  test('a read-only replica, with INFO and without', async () => {
    const main = await redis()
    const { port } = await redis([
      `replicaof 127.0.0.1 ${main.port}`,
      `user worker on >word ~* resetchannels ${COMMANDS} -info`,
    ])
    await expect(ask(`redis://127.0.0.1:${port}`)).rejects.toMatchObject(refused(/read-only replica.*primary/))
    await expect(ask(`redis://worker:word@127.0.0.1:${port}`)).rejects.toMatchObject(refused(/read-only replica/))
  })

  test('one that evicts keys', async () => {
    const { port } = await redis(['maxmemory-policy allkeys-lru'])
    await expect(ask(`redis://127.0.0.1:${port}`)).rejects.toMatchObject(refused(/allkeys-lru.*noeviction/))
  })

  test('TLS on one side only, and an untrusted certificate', async () => {
    const folder = await createTempFolder()
    closing.push(() => folder.remove())
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const cert = selfSigned(keys, Date.now() - 86_400_000, Date.now() + 86_400_000, 'localhost')
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
    writeFileSync(join(folder.path, 'key.pem'), key)
    writeFileSync(join(folder.path, 'cert.pem'), cert)
    const { port } = await redis([
      'port 0',
      'tls-port $port',
      `tls-cert-file ${folder.path}/cert.pem`,
      `tls-key-file ${folder.path}/key.pem`,
      `tls-ca-cert-file ${folder.path}/cert.pem`,
      'tls-auth-clients no',
    ])
    const plain = await redis()
    await expect(ask(`redis://127.0.0.1:${port}`)).rejects.toMatchObject(refused(/requires TLS.*rediss:\/\//))
    await expect(ask(`rediss://127.0.0.1:${plain.port}`)).rejects.toMatchObject(
      refused(/does not speak TLS.*redis:\/\//),
    )
    await expect(ask(`rediss://localhost:${port}`)).rejects.toMatchObject(refused(/not trusted.*NODE_EXTRA_CA_CERTS/))
  })

  test('a server that is not Redis', async () => {
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await expect(ask(`redis://127.0.0.1:${port}`)).rejects.toMatchObject(refused(/is not Redis/))
  })

  test('a database it does not have', async () => {
    const { port } = await redis(['databases 4'])
    await expect(ask(`redis://127.0.0.1:${port}/9`)).rejects.toMatchObject(refused(/no database of this number/))
  })

  test('an unreachable server counts as away, not as a wrong setting', async () => {
    expect(await ask('redis://127.0.0.1:1')).toMatchObject({ state: 'away' })
    expect(await ask('/nowhere/redis.sock')).toMatchObject({ state: 'away' })
  })
})

describe('Sentinels', () => {
  const sentinel = async (masterPort: number, lines: readonly string[] = []) =>
    redis([`sentinel monitor main 127.0.0.1 ${masterPort} 1`, ...lines], ['--sentinel'])

  test('name the master, which is checked like any Redis; without a replica there is a doubt', async () => {
    const main = await redis(['requirepass "a word"'])
    const away = '127.0.0.1:1'
    const { port } = await sentinel(main.port, ['sentinel auth-pass main "a word"'])
    const at = `127.0.0.1:${port}/main/3`
    expect(await ask(`redis+sentinel://:a%20word@${away},${at}`)).toEqual({
      ...FINE,
      doubt: 'The master has no replica that could take over. Start one (replicaof).',
      master: `127.0.0.1:${main.port}`,
    })
    await expect(ask(`redis+sentinel://:wrong@${at}`)).rejects.toMatchObject(refused(/name or password in REDIS_URL/))
    const evicts = await redis(['maxmemory-policy allkeys-lru'])
    const other = await sentinel(evicts.port)
    await expect(ask(`redis+sentinel://127.0.0.1:${other.port}/main`)).rejects.toMatchObject(refused(/noeviction/))
  })

  test('whose master is gone, or still a replica, or that do not answer, count as away', async () => {
    const main = await redis()
    const replica = await redis([`replicaof 127.0.0.1 ${main.port}`])
    const { port } = await sentinel(replica.port)
    const master = `127.0.0.1:${replica.port}`
    expect(await ask(`redis+sentinel://127.0.0.1:${port}/main`)).toMatchObject({ state: 'away', master })
    await replica.kill()
    expect(await ask(`redis+sentinel://127.0.0.1:${port}/main`)).toMatchObject({ state: 'away', master })
    expect(await ask('redis+sentinel://127.0.0.1:1,127.0.0.1:2/main')).toMatchObject({ state: 'away', master: null })
  })

  test('that know no such master, want another password, or are none', async () => {
    const main = await redis()
    const { port } = await sentinel(main.port, ['requirepass "a word"'])
    const at = `127.0.0.1:${port}`
    const as = (word: string) => `?sentinelPassword=${word}`
    await expect(ask(`redis+sentinel://${at}/other${as('a%20word')}`)).rejects.toMatchObject(
      refused(/no master of the name other.*sentinel monitor/),
    )
    await expect(ask(`redis+sentinel://${at}/main`)).rejects.toMatchObject(
      refused(/A Sentinel refuses.*sentinelPassword/),
    )
    await expect(ask(`redis+sentinel://${at}/main${as('wrong')}`)).rejects.toMatchObject(refused(/A Sentinel refuses/))
    await expect(ask(`redis+sentinel://127.0.0.1:${main.port}/main`)).rejects.toMatchObject(
      refused(/leads to a Redis server.*redis:\/\//),
    )
    await expect(ask(`rediss+sentinel://${at}/main`)).rejects.toMatchObject(refused(/does not speak TLS/))
  })
})
