import * as postgres from './shared-postgres.mjs'
import * as redis from './shared-redis.mjs'

export default async function start() {
  await redis.start()
  if (process.env.TEST_DATABASE === 'postgres') await postgres.start()
}
