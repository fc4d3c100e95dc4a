import { parsePublicUrl } from '../../src/core/service-urls/public-url.ts'
import { parseRedisUrl } from '../../src/core/service-urls/redis-url.ts'
import { parseSmtpUrl } from '../../src/core/service-urls/relay-url.ts'
import { requireValue } from '../../src/core/service-urls/url-parts.ts'

export const relayAt = (url: string) => requireValue(parseSmtpUrl(url))
export const redisAt = (url: string) => requireValue(parseRedisUrl(url))
export const siteAt = (url: string) => requireValue(parsePublicUrl(url))
