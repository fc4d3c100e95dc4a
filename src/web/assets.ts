import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type Request, type Response, Router } from 'express'

/** The files of public/, few and small enough to be held in memory. */
export interface Assets {
  /** The path of a file with the hash of its content in it, so that it can be kept for ever. Throws on an unknown name. */
  url(name: string): string
  readonly router: Router
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Reads the folder once. A path with an old hash still answers, for a page that was open during a release, but is not kept. */
export function createAssets(folder: string): Assets {
  const files = new Map(readdirSync(folder).map((name) => [name, readAsset(folder, name)]))
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

function readAsset(folder: string, name: string): { content: Buffer; hash: string; type: string } {
  const content = readFileSync(join(folder, name))
  return {
    content,
    hash: createHash('sha256').update(content).digest('hex').slice(0, 12),
    type: TYPES[extname(name)] ?? 'application/octet-stream',
  }
}
