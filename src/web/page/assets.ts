import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type Request, type Response, Router } from 'express'

/** The files of public/, which are small enough to keep in memory. */
export interface Assets {
  /**
   * The path of a file including a hash of its content, so that it can be cached forever. Throws for an unknown name.
   */
  url(name: string): string
  readonly router: Router
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/**
 * Reads the folder once, and joins the style sheets in order of their names. Paths with an old hash still work, for
 * pages that were open during a release, but are not cached.
 */
export function createAssets(folder: string): Assets {
  const files = new Map([...readFolder(folder), ...readFolder(join(folder, 'fonts'))])
  files.set('site.css', hashed('site.css', readStyles(join(folder, 'styles'), files)))
  const router = Router()
  router.get('/assets/:hash/:name', (request: Request<{ hash: string; name: string }>, response: Response, next) => {
    const file = files.get(request.params.name)
    if (file === undefined) return next()
    const current = request.params.hash === file.hash
    response.set('Cache-Control', current ? 'public, max-age=31536000, immutable' : 'no-store')
    response.set('Content-Type', file.type)
    response.send(file.content)
  })
  return {
    url(name) {
      const file = files.get(name)
      if (file === undefined) throw new Error(`There is no file ${name} in the public folder.`)
      return `/assets/${file.hash}/${name}`
    },
    router,
  }
}

function readFolder(folder: string): readonly (readonly [name: string, file: HashedFile])[] {
  const names = readdirSync(folder).filter((name) => extname(name) !== '')
  return names.map((name) => [name, hashed(name, readFileSync(join(folder, name)))])
}

/**
 * Joins the style sheets without comments and line breaks, which saves a quarter of the size. A font is named with its hash, relative to
 * the style sheet, so that it works below any path and can be cached forever.
 */
function readStyles(folder: string, files: ReadonlyMap<string, HashedFile>): Buffer {
  const sheets = readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  const address = (name: string) => `../${files.get(name)?.hash}/${name}`
  return Buffer.from(
    sheets
      .join('')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/(?<=[,;{}]) | (?=[{}])|(?<=[\w-]:) /g, '')
      .replace(/url\("([^"]+)"\)/g, (_, name: string) => `url("${address(name)}")`),
  )
}

interface HashedFile {
  readonly content: Buffer
  readonly hash: string
  readonly type: string
}

function hashed(name: string, content: Buffer): HashedFile {
  return {
    content,
    hash: createHash('sha256').update(content).digest('hex').slice(0, 12),
    type: TYPES[extname(name)] ?? 'application/octet-stream',
  }
}
