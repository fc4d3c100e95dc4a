export { stop as default } from './shared-redis.mjs'
