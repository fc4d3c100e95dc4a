import { generateKeyPairSync } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import PostalMime from 'postal-mime'
import { maskTokens } from '../../../src/core/delivery/mask-tokens.ts'
import { sha256 } from '../../../src/flow/delivery/kept/keep-confirmation.ts'
import { rebuildConfirmation, viewConsent } from '../../../src/flow/desk/person/view-consent.ts'
import { viewAuditLog } from '../../../src/flow/desk/read-audit-log.ts'
import { allRows, changeDatabase, queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { linkOf, linksOf } from '../../support/mail-links.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let folder: { readonly path: string; remove(): Promise<void> }
const keyFile = () => joinPath(folder.path, 'dkim.pem')
const courseFile = () => joinPath(folder.path, 'courses/three-days/course.yaml')

function newKey(): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(keyFile(), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
}

beforeAll(async () => {
  folder = await createTempFolder()
  cpSync(joinPath(FIXTURE_COURSES, 'three-days'), joinPath(folder.path, 'courses/three-days'), { recursive: true })
  newKey()
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: {
      ...{ COURSE: 'three-days', RETURN_PATH_DOMAIN: 'returns.example.org' },
      ...{ DKIM_DOMAIN: 'example.org', DKIM_SELECTOR: 's1', DKIM_KEY_FILE: keyFile() },
    },
    overrides: { lessonsDir: joinPath(folder.path, 'courses') },
    worker: true,
  })
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

const idle = () => waitUntilIdle(app.dataDir, app.clock.now())
const signUpOf = (address: string) =>
  Number(
    queryRows(
      app.dataDir,
      `select sign_up.id from sign_up join learner on learner.id = learner_id where address = '${address}' order by sign_up.id desc`,
    )[0]?.id,
  )
const sentTo = (address: string, nth = 0) => app.mail.accepted.filter(({ to }) => to === address)[nth]?.raw as Buffer
const pageOf = async (id: number) => (await (await signedIn(app, 'operator')).get(`/desk/consents/${id}`)).text
const fileOf = async (id: number) => {
  const operator = await signedIn(app, 'operator')
  return operator.post(`/desk/consents/${id}/email`, { reason: 'law' })
}

async function rebuilt(address: string) {
  const { ports } = app.app
  const signUp = await ports.store.signUps.byId(signUpOf(address))
  if (signUp === null) throw new Error('no sign-up')
  return rebuildConfirmation(ports, signUp)
}

describe('the confirming email', () => {
  test.each([
    ['plain', 'ada@example.test', {}],
    ['with a name that is encoded', 'zoe@example.test', { name: 'Zoë' }],
    ['discreet', 'dora@example.test', { discreet: 'on' }],
    ['to an address that is folded', `${'long.'.repeat(12)}x@${'a-rather-long-label.'.repeat(5)}test`, {}],
  ])('%s is rebuilt byte for byte as the server received it, signature included', async (_, address, choices) => {
    await createVisitor(app.url).post('/sign-up', { email: address, timeZone: 'UTC', hour: '7', ...choices })
    await app.mail.waitForMail(address, 1)
    await idle()
    const email = await rebuilt(address)
    expect(email?.isWhole).toBe(true)
    expect(sentTo(address).toString('latin1')).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256/)
    expect(email?.message.toString('latin1')).toBe(sentTo(address).toString('latin1'))
    expect(email?.sha256).toBe(sha256(sentTo(address)))
  })

  test('is shown and downloaded with every link crossed out, and nothing else', async () => {
    await join(app, 'bea@example.test', { name: 'Bea' })
    const id = signUpOf('bea@example.test')
    const raw = sentTo('bea@example.test')
    const page = await pageOf(id)
    const file = await fileOf(id)
    expect(file.headers.get('Content-Disposition')).toBe(`attachment; filename=consent-${id}.eml`)
    const tokens = (await rebuilt('bea@example.test'))?.tokens ?? []
    expect(file.text).toBe(maskTokens(raw.toString('latin1'), tokens))
    expect(file.text).toHaveLength(raw.byteLength)
    const [before, after] = [await PostalMime.parse(raw), await PostalMime.parse(file.text)]
    const crossedOut = (text: string) =>
      tokens.reduce((rest, token) => rest.replaceAll(token, 'x'.repeat(token.length)), text)
    expect([after.text, after.html]).toEqual([crossedOut(before.text ?? ''), crossedOut(before.html ?? '')])
    // Of every link in it, none opens anything any more.
    const links = linksOf(app.mail.accepted.find(({ to }) => to === 'bea@example.test') as never)
    const secrets = links.map((link) => link.split('/').at(-1) ?? '').filter((part) => part.length >= 20)
    expect(new Set(secrets).size).toBeGreaterThanOrEqual(3)
    for (const secret of secrets) {
      expect(tokens).toContain(secret)
      for (const text of [page, file.text.replaceAll('=\r\n', ''), after.html ?? '']) expect(text).not.toContain(secret)
    }
    expect(raw.toString()).toMatch(/<mailto:unsubscribe\+[0-9a-f]{20,}@/)
    expect(file.text).toMatch(/<mailto:unsubscribe\+x+@/)
    for (const sentence of [
      'Rebuilt byte for byte',
      'The links are crossed out',
      sha256(raw),
      'Subject: ',
      'I agree to receive',
    ])
      expect(page).toContain(sentence)
    const [line] = (await viewAuditLog(app.app.ports, { act: 'export-consent' }, null)).lines
    expect(line).toMatchObject({ reason: 'law', details: { consent: id } })
  })

  test('is the same after the course, its wording and the signing key have changed', async () => {
    await join(app, 'cleo@example.test')
    const id = signUpOf('cleo@example.test')
    const raw = sentTo('cleo@example.test')
    const original = readFileSync(courseFile(), 'utf8')
    writeFileSync(
      courseFile(),
      original
        .replace('Kinder Mornings', 'Other Mornings')
        .replace('I agree to receive', 'I would like to receive')
        .replace(/version: (['"]?)2026-11-test/, 'version: $12027-01-test'),
    )
    newKey()
    await app.restart()
    expect(app.app.ports.courses.get('three-days')?.consent.text).toContain('I would like to receive')
    expect((await rebuilt('cleo@example.test'))?.message.equals(raw)).toBe(true)
    const page = await pageOf(id)
    expect(page).toContain('I agree to receive')
    expect(page).not.toContain('I would like to receive')
    await createVisitor(app.url).post('/sign-up', { email: 'later@example.test', timeZone: 'UTC', hour: '7' })
    await app.mail.waitForMail('later@example.test', 1)
    await idle()
    expect((await rebuilt('later@example.test'))?.message.equals(sentTo('later@example.test'))).toBe(true)
    expect(await pageOf(signUpOf('later@example.test'))).toContain('I would like to receive')
    writeFileSync(courseFile(), original)
    await app.restart()
  })

  test('lacks the recipient after a change of address, and the page says so', async () => {
    await join(app, 'former@example.test')
    const id = signUpOf('former@example.test')
    const raw = sentTo('former@example.test').toString('latin1')
    changeDatabase(
      app.dataDir,
      `update learner set address = 'next@example.test' where address = 'former@example.test'`,
    )
    const email = await rebuilt('next@example.test')
    expect([email?.isWhole, email?.message.toString('latin1')]).toEqual([false, raw.replace(/^To: .*\r\n/m, '')])
    const page = await pageOf(id)
    expect(page).toContain('The recipient is missing')
    expect(`${page}${(await fileOf(id)).text}`).not.toMatch(/former@|next@/)
    expect(page).not.toContain('Rebuilt byte for byte')
  })

  test('of an earlier version, or of none that asks to confirm, cannot be rebuilt, and the page says so', async () => {
    const joined = await join(app, 'early@example.test')
    const id = signUpOf('early@example.test')
    changeDatabase(app.dataDir, `delete from confirmation_email where sign_up_id = ${id}`)
    expect(await pageOf(id)).toContain('This email cannot be rebuilt')
    expect((await fileOf(id)).status).toBe(404)
    // Of a course that runs, the email has the learner’s own links and form, and asks for nothing.
    await createVisitor(app.url).post('/sign-up', { email: joined.address, timeZone: 'UTC', hour: '7' })
    await app.mail.waitForMail(joined.address, 3)
    await idle()
    expect(signUpOf(joined.address)).not.toBe(id)
    expect(await pageOf(signUpOf(joined.address))).toContain('This email cannot be rebuilt')
    // Of somebody who stopped, it asks.
    await joined.visitor.post(joined.stopLink)
    await app.app.ports.store.mailboxes.resume(
      String(
        queryRows(app.dataDir, `select mailbox_key from learner where address = '${joined.address}'`)[0]?.mailbox_key,
      ),
    )
    await createVisitor(app.url).post('/sign-up', { email: joined.address, timeZone: 'UTC', hour: '7' })
    await app.mail.waitForMail(joined.address, 4)
    await idle()
    expect((await rebuilt(joined.address))?.message.equals(sentTo(joined.address, 3))).toBe(true)
  })
})

test('what is kept is small, shared by all, sealed, and deleted with the sign-up', async () => {
  const address = 'erased@example.test'
  const joined = await join(app, address, { name: 'Esmeralda' })
  await join(app, 'stays@example.test')
  const id = signUpOf(address)
  const token = linkOf(joined.confirmation, '/confirm/').split('/').at(-1) ?? ''
  const rows = JSON.stringify(allRows(app.dataDir))
  expect(rows).not.toContain(token)
  const [kept] = queryRows(
    app.dataDir,
    `select length(sealed) as n, form from confirmation_email where sign_up_id = ${id}`,
  )
  expect(Number(kept?.n)).toBeLessThan(2_200)
  expect(queryRows(app.dataDir, `select 1 from shared_text where hash = '${kept?.form}'`)).toHaveLength(1)
  const other = signUpOf('stays@example.test')
  expect(queryRows(app.dataDir, `select form from confirmation_email where sign_up_id = ${other}`)).toEqual([
    { form: kept?.form },
  ])
  const { ports } = app.app
  for (const { packed } of queryRows(app.dataDir, 'select packed from shared_text'))
    expect(ports.archive.expand(packed as Uint8Array).toString()).not.toMatch(/@example\.test|Esmeralda/)
  const operator = await signedIn(app, 'operator')
  const learner = queryRows(app.dataDir, `select id from learner where address = '${address}'`)[0]?.id
  await operator.post(`/desk/people/${learner}/erase`, { reason: 'asked' })
  expect(queryRows(app.dataDir, `select 1 from confirmation_email where sign_up_id = ${id}`)).toEqual([])
  expect((await operator.get(`/desk/consents/${id}`)).status).toBe(404)
})

test('before anything was handed over there is nothing to prove', async () => {
  const { ports } = app.app
  const now = app.clock.now()
  const learner = await ports.store.learners.ensure({ address: 'never@example.test', addressKey: 'never', now })
  const preferences = { name: '', timeZone: 'UTC', hour: 7, discreet: false, language: null } as const
  const id = await ports.store.signUps.add({
    ...{ learnerId: learner.id, course: 'three-days', wording: 'x', nonce: 'n', tokenHash: 't', now },
    preferences: { ...preferences, webOnly: false, shortEmails: false, pace: 'daily', reminderHour: null },
  })
  expect(await viewConsent(ports, id)).toMatchObject({ delivery: null, email: null, text: null })
  expect(await pageOf(id)).toContain('No email of this sign-up was handed over.')
  expect((await fileOf(id)).status).toBe(404)
})

test('the file needs a reason that fits and a fresh sign-in', async () => {
  const id = signUpOf('bea@example.test')
  const operator = await signedIn(app, 'operator')
  const ask = (reason: string) => operator.post(`/desk/consents/${id}/email`, { reason })
  expect([(await ask('')).status, (await ask('test')).status]).toEqual([400, 400])
  app.clock.advance(15 * 60_000)
  expect((await ask('law')).status).toBe(403)
  expect((await operator.get(`/desk/consents/${id}`)).status).toBe(200)
})
