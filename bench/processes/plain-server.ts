// The reference for sign-ups: the same Express and JSON parser, and one durable insert per request.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import express, { type Request, type Response } from 'express'
import { endWithParent } from '../parts/child-process.ts'

const db = new Sqlite(join(process.env.DATA_DIR ?? '', 'plain.db'))
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.exec('create table sign_up (id integer primary key, email text not null, name text, created_at integer not null)')
const insert = db.prepare('insert into sign_up (email, name, created_at) values (?, ?, ?)')

const app = express()
app.post('/sign-up', express.json(), (request: Request, response: Response) => {
  insert.run(request.body.email, request.body.name, Date.now())
  response.json({ ok: true, message: 'Look in your inbox.' })
})
app.get('/readyz', (_request: Request, response: Response) => void response.json({ ok: true }))

const server = createServer(app).listen(Number(process.env.PORT))
await once(server, 'listening')
await endWithParent()
