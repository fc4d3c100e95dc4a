import { z } from 'zod'
import { OWN_PATHS } from '../core/paths.ts'
import { parseDatabaseUrl } from '../core/service-urls/database-url.ts'
import { parsePublicUrl } from '../core/service-urls/public-url.ts'
import { parseRedisUrl } from '../core/service-urls/redis-url.ts'
import type { Setting } from '../core/setting.ts'
import { address, duration, listenAddress, oneOf, origins, timeZone, wholeNumber } from './parsers.ts'

type Settings = Readonly<Record<string, Setting>>

/** Shorter than this a key could be guessed. */
const MIN_SECRET_LENGTH = 32

export const site = {
  NODE_ENV: {
    type: oneOf(['development', 'production', 'test']),
    default: 'development',
    fix: 'Use development, production or test.',
    meaning: '`development`, `production` or `test`',
    example: 'production',
  },
  PORT: {
    type: wholeNumber(0, 65_535),
    default: '3000',
    fix: 'Use a number from 0 to 65535, such as 3000.',
    meaning: 'port of the site',
  },
  PUBLIC_URL: {
    type: address((text) => parsePublicUrl(text, OWN_PATHS)),
    fix: 'Use the address people reach the site at, such as https://course.example.',
    meaning:
      'address of the site, which emails link to; it may have a path, as in `https://example.org/course`. Choose a neutral one: it is visible in discreet mode',
    unset: '`http://localhost:3000`; refused in production',
    example: 'https://course.example',
  },
  COURSE: {
    type: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is not the name of a course.'),
    default: 'steady-week',
    fix: 'Use the name of a folder under lessons/, such as steady-week.',
    meaning: 'the course shown at `/`; every course is at `/courses/<name>`',
  },
  TRUST_PROXY: {
    type: wholeNumber(0, 100),
    default: '0',
    fix: 'Use the number of proxies in front of the service, such as 0 or 1.',
    meaning: 'number of proxies in front of the site',
  },
  SIGN_UP_LIMIT: {
    type: wholeNumber(1, 100_000_000),
    default: '20',
    fix: 'Use a whole number of at least 1, such as 20.',
    meaning: 'sign-ups accepted per client address and hour (IPv6: per /56, and ten times as many per /48)',
  },
  SIGN_UP_ORIGINS: {
    type: origins,
    default: '',
    fix: 'Use the origins of the pages with the form, such as https://www.example.org, with commas.',
    meaning: 'other sites whose pages may send the sign-up form, separated by commas',
    unset: 'none',
  },
  DESK: {
    type: oneOf(['on', 'off']),
    default: 'on',
    fix: 'Use on or off, or leave it out.',
    meaning: 'whether the operator’s desk is at `/desk`',
  },
  DESK_PORT: {
    type: listenAddress,
    fix: 'Use a port, such as 3001, or an address of this machine and a port, such as 10.0.0.5:3001, or leave it out.',
    meaning:
      'port of the desk alone, or an address and a port; a port alone listens on this machine only, at `http://localhost:<port>/desk`, which an SSH tunnel leads to',
    unset: 'on the site’s port',
  },
  DESK_URL: {
    type: address((text) => parsePublicUrl(text, OWN_PATHS)),
    fix: 'Use the address that the proxy before DESK_PORT has, such as https://desk.example.org, or leave it out.',
    meaning:
      'address of a proxy with TLS before `DESK_PORT`: links in emails to operators, cookies and passkeys are made for it',
    unset: 'there is no proxy; the desk is at `http://localhost:<port>`',
  },
  DESK_TIME_ZONE: {
    type: timeZone,
    fix: 'Use a name of the IANA time zone database, such as Europe/Berlin, or leave it out.',
    meaning: 'time zone in which the desk shows times, until an operator chooses another one there',
    unset: 'that of `TZ`, or UTC',
    example: 'Europe/Berlin',
  },
} as const satisfies Settings

export const data = {
  DATA_DIR: {
    type: z.string(),
    default: 'data',
    fix: 'Use the path of a folder.',
    meaning: 'folder of everything that must be kept',
  },
  DATABASE_URL: {
    type: address(parseDatabaseUrl),
    fix: 'Use sqlite: and the path of a file, such as sqlite:data/bootcamp.db, or postgres://user:password@host/database.',
    meaning:
      '`sqlite:path/to/file.db`, or `postgres://user:password@host:5432/database?sslmode=verify-full`; of several hosts (`one:5432,two:5432`) the one that accepts writes is used',
    unset: '`sqlite:$DATA_DIR/bootcamp.db`',
    secret: true,
  },
  DATABASE_CONNECTIONS: {
    type: wholeNumber(1, 1_000),
    default: '10',
    fix: 'Use a whole number of at least 1, such as 10.',
    meaning: 'connections that each process makes to Postgres at most',
  },
  SECRET_KEY: {
    type: z.string().min(MIN_SECRET_LENGTH, 'is too short to be secret.'),
    fix: `Use at least ${MIN_SECRET_LENGTH} random characters, such as those "openssl rand -base64 48" prints.`,
    meaning:
      "signs links and wraps the learners' data keys, such as the output of `openssl rand -base64 48`; back it up apart from the data",
    unset: 'kept in `$DATA_DIR/secret`; refused in production',
    secret: true,
  },
} as const satisfies Settings

export const queue = {
  REDIS_URL: {
    type: address(parseRedisUrl),
    fix: 'Use redis://host:6379 or rediss://user:password@host:6379, or leave it out.',
    meaning:
      '`redis://` or `rediss://`; for Sentinels `redis+sentinel://user:password@host:26379,host2:26379/name`; the server, Redis or Valkey, must not evict keys (`maxmemory-policy noeviction`)',
    unset: '`npm start` runs its own redis-server under `$DATA_DIR/redis`',
    example: 'redis://127.0.0.1:6379',
    secret: true,
  },
  QUEUE_PREFIX: {
    type: z.string().regex(/^[a-z0-9](?:[a-z0-9_.:{}-]{0,62}[a-z0-9}])?$/i, 'is not a prefix.'),
    fix: 'Use letters, digits and - _ . : within, such as course, or leave it out.',
    meaning:
      'prefix of every Redis key, for when several installations share one Redis or a Redis user may use certain keys only',
    unset: "derived from the installation's id",
  },
  PLANNING_HORIZON: {
    type: duration,
    default: '14d',
    fix: 'Use a number and a unit, such as 14d.',
    meaning: 'how far ahead the queue holds wake-ups',
  },
  CONCURRENCY: {
    type: wholeNumber(1, 1_000),
    default: '10',
    fix: 'Use a whole number of at least 1, such as 10.',
    meaning: 'deliveries that one worker processes at a time',
  },
  COURSE_DAY: {
    type: duration,
    fix: 'Use a number and a unit, such as 20s or 5m, or leave it out.',
    meaning: 'length of a course day for a rehearsal, such as `20s` or `5m`',
    unset: "real days, at the learner's hour",
  },
} as const satisfies Settings

export const privacy = {
  PRIVACY_CONTROLLER: {
    type: z.string(),
    fix: 'Write the name and the postal address of the data controller.',
    meaning: 'name and postal address of the data controller',
    unset: '`MAIL_FROM` and `MAIL_ADDRESS`',
  },
  PRIVACY_CONTACT: {
    type: z.string(),
    fix: 'Write the email address, or the address of the page, where people ask about their data.',
    meaning: 'where people ask about their data',
    unset: '`MAIL_FROM`',
  },
  PRIVACY_LEGAL_BASIS: {
    type: z.string(),
    fix: 'Write on what legal basis the data is processed, in a sentence or two.',
    meaning: 'legal basis of the processing',
    unset: 'consent',
  },
} as const satisfies Settings

export const monitoring = {
  METRICS_TOKEN: {
    type: z.string().regex(/^[\x21-\x7e]{16,}$/, 'is not a word of at least 16 characters.'),
    fix: 'Use a long random word, such as the one that "openssl rand -hex 24" prints.',
    meaning: '`GET /metrics` requires `Authorization: Bearer <token>`',
    unset: 'only this machine may read it, and not through a proxy',
    secret: true,
  },
  METRICS_PORT: {
    type: listenAddress,
    fix: 'Use a port, such as 9464, or an address of this machine and a port, such as 10.0.0.5:9464.',
    meaning:
      'serves `/metrics` on a port of its own, for this machine only; as `address:port` also for others, and then the token is required',
    unset: 'on `PORT`',
  },
  LOG_LEVEL: {
    type: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    fix: 'Use fatal, error, warn, info, debug, trace or silent.',
    meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`',
  },
} as const satisfies Settings
