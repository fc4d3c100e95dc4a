import { Redis } from 'ioredis'

/** Everything in Redis, keys and values of every type, as one text, to search for what must not be stored there. */
export async function redisContents(url: string): Promise<string> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 })
  try {
    const parts: string[] = []
    for await (const keys of redis.scanStream({ count: 500 })) {
      for (const key of keys as string[]) parts.push(key, JSON.stringify(await contentOf(redis, key)))
    }
    return parts.join('\n')
  } finally {
    redis.disconnect()
  }
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key)
  switch (type) {
    case 'string':
      return redis.get(key)
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.call('zrange', key, '0', '-1', 'WITHSCORES')
    case 'stream':
      return redis.xrange(key, '-', '+')
    case 'none':
      return null
    default:
      throw new Error(`There is a key of a type this test cannot read: ${key}, ${type}`)
  }
}
