import { type Kysely, sql } from 'kysely'
import type { OpenDatabase } from '../../../src/store/database/database.ts'
import type { Database } from '../../../src/store/database/schema.ts'

const NOW = 1_790_000_000_000

/** Two learners with rows in every table, with what is hard to copy: an empty text, bytes, and text that sorts differently by language. */
export async function fillEveryTable({ db }: Pick<OpenDatabase, 'db'>): Promise<void> {
  const bytes = new Uint8Array([0, 1, 127, 128, 255])
  for (const [at, name] of ['Zoë', 'ß "quoted", \\ and \n'].entries()) {
    const id = at + 1
    const preferences = { name, time_zone: 'Europe/Berlin', hour: 7, discreet: 0, web_only: 0, language: null }
    const form = { track: null, overlays: '[]', starting_point: bytes, short_emails: at }
    const choices = { ...preferences, ...form, course: 'three-days', learner_id: id, pace: null, reminder_hour: null }
    const insert = <T extends keyof Database>(table: T, values: object) =>
      db
        .insertInto(table)
        .values(values as never)
        .execute()
    await insert('learner', {
      address: `${id}@example.test`,
      address_key: `${'aB'[at]}-key`,
      data_key: bytes,
      created_at: NOW,
      reading_word: null,
      mailbox_key: `m${id}`,
    })
    await insert('enrolment', {
      ...choices,
      state: 'active',
      confirmed_at: NOW,
      ended_at: null,
      check_ins_stopped_at: null,
      paused_at: null,
      paused_until: null,
    })
    await insert('sign_up', {
      ...choices,
      wording: '',
      nonce: `n${id}`,
      token_hash: `t${id}`,
      created_at: NOW,
      confirmed_at: null,
      confirmed_how: null,
      declined_at: null,
      enrolment_id: id,
    })
    for (const [index, state] of [
      'sent',
      'leased',
      'planned',
      'deferred',
      'failed',
      'unconfirmed',
      'cancelled',
      'expired',
    ].entries())
      await insert('delivery', {
        learner_id: id,
        kind: 'lesson',
        enrolment_id: id,
        sign_up_id: null,
        day: index + 1,
        state,
        due_at: NOW + index,
        attempt: 1,
        fence: index,
        message_id: `message-${id}-${index}`,
        created_at: NOW,
        sealed_variant: index % 2 === 0 ? bytes : null,
      })
    const delivery = at * 8 + 1
    await insert('answer', {
      enrolment_id: id,
      day: 1,
      session: 's',
      field: 'f',
      version: 1,
      sealed: bytes,
      saved_at: NOW,
      kept: 1,
      own: null,
    })
    await insert('progress', { enrolment_id: id, day: 1, effort: 'done', completed_at: NOW })
    await insert('session', {
      hash: `${'bA'[at]}-hash`,
      learner_id: id,
      kind: 'own',
      opened_at: NOW,
      last_used_at: null,
      ended_at: null,
    })
    await insert('shared_text', { hash: `${'bA'[at]}-text`, packed: bytes })
    await insert('confirmation_email', { sign_up_id: id, form: `${'bA'[at]}-text`, wording: null, sealed: bytes })
    await insert('sharing', { enrolment_id: id, day: 1, asked_at: NOW })
    await insert('suppression', { address_key: `${'zÄ'[at]}`, reason: 'operator', created_at: NOW })
    await insert('mailbox_stop', { mailbox_key: `m${id}`, stopped_at: NOW })
    await insert('mailbox_mail', { delivery_id: delivery, mailbox_key: `m${id}`, kind: 'confirm', at: NOW })
    await insert('address_change', {
      delivery_id: delivery,
      learner_id: id,
      other_id: id,
      asked_at: NOW,
      changed_at: null,
      undone_at: null,
      confirmed_again_at: null,
    })
    await insert('emailed_link', {
      delivery_id: delivery,
      learner_id: id,
      day: 1,
      goal: 'read',
      created_at: NOW,
      used_at: null,
      tries: 0,
    })
    await insert('mail_event', {
      source: 'smtp',
      event_key: `e${id}`,
      nonce: null,
      recipient: null,
      raw: bytes,
      received_at: NOW,
      learner_id: id,
      sealed: 1,
      address_key: null,
    })
    for (const kind of ['bounce', 'Complaint'])
      await insert('setback', { delivery_id: delivery, kind, learner_id: id, reason: '', at: NOW })
    await insert('delivery_attempt', {
      delivery_id: delivery,
      number: 1,
      at: NOW,
      outcome: 'deferred',
      reply: '451 später',
      next_at: at === 0 ? null : NOW,
    })
    await insert('unbuilt_message', { delivery_id: delivery, reason: 'x', at: NOW })
    await insert('mail_day', { day: 20_000 + id, sent: 1, bounced: 0, complained: 0, taken: 1 })
    await insert('heartbeat', { name: ['sweep', 'Claim'][at], at: NOW })
    await insert('field_look', { hash: `look-${id}`, look: '{}' })
    await insert('upkeep', { task: `task-${id}` })
    await insert('operator', {
      id,
      address: `${'oÖ'[at]}@example.test`,
      address_key: `${'aB'[at]}-operator`,
      role: 'owner',
      added_at: NOW,
      removed_at: null,
    })
    await insert('passkey', {
      id: `${'bA'[at]}-passkey`,
      operator_id: id,
      public_key: 'key',
      counter: at,
      transports: '["usb"]',
      added_at: NOW,
      last_used_at: null,
    })
    await insert('passkey_challenge', { challenge: `${'bA'[at]}`, operator_id: null, created_at: NOW })
    await insert('operator_link', {
      hash: `${'bA'[at]}-link`,
      operator_id: at === 0 ? null : id,
      created_at: NOW,
      expires_at: NOW + 1,
      used_at: null,
    })
    await insert('operator_session', {
      hash: `${'bA'[at]}-session`,
      id: `s${id}`,
      operator_id: id,
      means: 'link',
      opened_at: NOW,
      last_used_at: NOW,
    })
    await insert('audit_entry', {
      number: id,
      at: NOW,
      operator_id: null,
      act: 'erase',
      learner_id: id,
      reason: null,
      details: '{}',
      note_hash: null,
      previous_hash: '',
      hash: `h${id}`,
    })
    await insert('audit_note', { number: id, learner_id: id, sealed: 'sealed' })
    await insert('question', {
      learner_id: id,
      enrolment_id: id,
      course: 'three-days',
      language: 'en',
      day: at === 0 ? null : 1,
      via: 'form',
      state: 'waiting',
      urgent: at,
      allows_name: 0,
      asked_at: NOW,
      waiting_since: NOW,
      touched_at: NOW,
    })
    await insert('question_message', {
      question_id: id,
      learner_id: id,
      written_by: 'learner',
      sealed: bytes,
      via: 'form',
      at: NOW,
    })
    await insert('reply', {
      learner_id: id,
      delivery_id: delivery,
      digest: `digest ${id}`,
      sealed: bytes,
      received_at: NOW,
      attempts: at,
      next_try_at: NOW,
    })
    await insert('question_block', { learner_id: id, course: 'three-days', at: NOW, operator_id: null })
    await insert('answers_for', { operator_id: id, course: `${'aÄ'[at]}`, at: NOW })
    await insert('saved_passage', { id, course: 'three-days', title: name, text: name, operator_id: id, at: NOW })
    await insert('question_draft', { question_id: id, operator_id: id, sealed: bytes, at: NOW })
    const note = { question_id: id, asked_by: id, asked_of: id, at: NOW }
    await insert('question_note', { id, ...note, sealed: at === 0 ? null : bytes, done_at: at === 0 ? null : NOW })
    await insert('question_notice', { question_id: id, operator_id: id, waiting_since: NOW })
    await insert('author_notice', { operator_id: id, told_at: at === 0 ? null : NOW, attempts: at, try_at: NOW })
    await insert('publication', {
      question_id: id,
      version: 1,
      state: 'accepted',
      sealed: bytes,
      changed: at === 0 ? null : bytes,
      proposed_at: NOW,
      decided_at: NOW,
      delivery_id: null,
    })
    await insert('published_question', {
      id: `${'bA'[at]}-published`,
      code: `${'bA'[at]}-code`,
      question_id: id,
      goes_with: at === 0 ? null : id,
      course: 'three-days',
      language: 'en',
      situation: null,
      question: 'Why?',
      answer: 'So.',
      follow_up: '',
      second_answer: '',
      article: null,
      library: 'open',
      text_hash: 'hash',
      published_at: NOW,
    })
  }
  // Microseconds: the largest number that is stored.
  await sql`update relay_pace set next_at = ${NOW * 1_000}`.execute(db)
  // The last learner is gone, but the id must not come again.
  await db.insertInto('learner').values({ address: 'x', address_key: 'x', data_key: null, created_at: NOW }).execute()
  await db.deleteFrom('learner').where('address', '=', 'x').execute()
  await requireRows(db)
}

async function requireRows(db: Kysely<Database>): Promise<void> {
  const tables = (await db.introspection.getTables()).map(({ name }) => name)
  for (const table of tables.filter((name) => name !== 'reading')) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db)
    if (rows[0]?.n === 0) throw new Error(`Fill the table ${table} in test/store/backup/fill-every-table.ts.`)
  }
}
