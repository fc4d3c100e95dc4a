import type { Generated } from 'kysely'

/** The tables after all migrations. Rows never leave the store: repositories return domain types. */
export interface Database {
  learner: {
    id: Generated<number>
    address: string
    address_key: string
    data_key: Uint8Array | null
    created_at: number
    /** scrypt hash; null if none is set. */
    reading_word: Generated<string | null>
    mailbox_key: Generated<string | null>
    /** How often the recovery code was replaced; null if there is none. */
    recovery_round: Generated<number | null>
    recovery_hash: Generated<string | null>
    mails_way_back: Generated<number | null>
    /** Links open nothing that was written before, because an operator corrected the address; null: they do. */
    links_read_from: Generated<number | null>
  }
  /** When the owner of the mailbox last unsubscribed. */
  mailbox_stop: { mailbox_key: string; stopped_at: number }
  /** Emails sent to a mailbox on request, counted for its limits. */
  mailbox_mail: { delivery_id: number; mailbox_key: string; kind: string; at: number }
  suppression: { address_key: string; reason: string; created_at: number }
  enrolment: PreferenceColumns &
    PlainFormColumns & {
      id: Generated<number>
      learner_id: number
      course: string
      state: string
      confirmed_at: number
      ended_at: number | null
      starting_point: Generated<Uint8Array | null>
      check_ins_stopped_at: number | null
      /** Null until the row has been checked for a restriction set by an earlier version. */
      short_emails: number | null
      /** Both null unless the course is paused. */
      paused_at: number | null
      paused_until: number | null
      /** The number of lessons it began with; null: as many as the course. */
      days: number | null
    }
  sign_up: PreferenceColumns &
    PlainFormColumns & {
      id: Generated<number>
      learner_id: number
      course: string
      wording: string
      nonce: string
      token_hash: string
      created_at: number
      confirmed_at: number | null
      confirmed_how: string | null
      declined_at: number | null
      enrolment_id: number | null
      starting_point: Generated<Uint8Array | null>
      short_emails: number
    }
  delivery: {
    id: Generated<number>
    learner_id: number
    kind: string
    enrolment_id: number | null
    sign_up_id: number | null
    day: number | null
    state: string
    due_at: number
    attempt: Generated<number>
    fence: Generated<number>
    lease_until: number | null
    lease_owner: string | null
    first_attempt_at: number | null
    dot_at: number | null
    first_dot_at: number | null
    settled_at: number | null
    resends: Generated<number>
    message_id: string | null
    reply: string | null
    created_at: number
    /** JSON in clear, in rows older than `sealed_variant`. */
    variant: string | null
    sealed_variant: Uint8Array | null
    refused_at: number | null
    /** The delivery of which this is sent again. */
    resend_of: number | null
  }
  /** A single row: whether email may be sent. */
  stream: {
    id: number
    state: string
    reason: string
    since: number
    probe_at: number | null
    failures: number
    refused_since: number | null
    cause: string | null
  }
  /** Reports on sent emails. `raw` is sealed until the report is applied, then empty. */
  mail_event: {
    id: Generated<number>
    source: string
    event_key: string
    nonce: string | null
    recipient: string | null
    raw: Uint8Array
    received_at: number
    applied_at: number | null
    outcome: string | null
    learner_id: number | null
    attempts: Generated<number>
    try_at: number | null
    set_aside_at: number | null
    sealed: Generated<number>
    address_key: string | null
  }
  /** Events of a delivery after it was sent, at most one of each kind. */
  setback: { delivery_id: number; kind: string; learner_id: number; reason: string; at: number }
  /** Counters per UTC day; `day` counts from the epoch. */
  mail_day: {
    day: number
    sent: Generated<number>
    bounced: Generated<number>
    complained: Generated<number>
    taken: Generated<number>
  }
  heartbeat: { name: string; at: number }
  /** Pending maintenance of the whole file. */
  upkeep: { task: string }
  /** A single row with the name that tells this installation from others on the same Redis. */
  installation: { id: number; name: string }
  /** Attempts to send that the relay did not accept, the first and the last ones of each delivery. */
  delivery_attempt: {
    delivery_id: number
    number: number
    at: number
    outcome: string
    reply: string
    next_at: number | null
  }
  /** Compressed; `hash` is the SHA-256 of the text in hex. */
  shared_text: { hash: string; packed: Uint8Array }
  /** What makes `form` the confirmation email that was sent. `wording`: the consent text; null if it is not known. */
  confirmation_email: { sign_up_id: number; form: string; wording: string | null; sealed: Uint8Array }
  unbuilt_message: { delivery_id: number; reason: string; at: number }
  /** A single row: when the next message of any worker may start, microseconds UTC. */
  relay_pace: { id: number; next_at: number }
  progress: { enrolment_id: number; day: number; effort: string; completed_at: number }
  session: {
    hash: string
    learner_id: number
    kind: Generated<string>
    opened_at: number
    last_used_at: number | null
    ended_at: number | null
    /** ms UTC; null: reads everything. */
    reads_from: Generated<number | null>
  }
  /** Single-use links in emails. */
  emailed_link: {
    delivery_id: number
    learner_id: number
    day: number | null
    goal: string
    created_at: number
    used_at: number | null
    tries: Generated<number>
  }
  /** Changes of address, each with the delivery that asked the new address. */
  address_change: {
    delivery_id: number
    learner_id: number
    /** Has the new address before the change, and the former one after it. */
    other_id: number | null
    asked_at: number
    changed_at: number | null
    undone_at: number | null
    confirmed_again_at: number | null
    /** 1 if an operator asked for it. */
    corrected: Generated<number | null>
  }
  /** Letters waiting to be shared. */
  sharing: { enrolment_id: number; day: number; asked_at: number }
  answer: {
    id: Generated<number>
    enrolment_id: number
    day: number
    session: string
    field: string
    version: number
    sealed: Uint8Array
    saved_at: number
    kept: Generated<number>
    /** 1 if saved in the learner's own session. */
    own: Generated<number | null>
  }
  field_look: {
    id: Generated<number>
    hash: string
    look: string
  }
  /** What authors want to publish of a question; sealed. */
  publication: {
    question_id: number
    version: number
    state: string
    sealed: Uint8Array
    changed: Uint8Array | null
    proposed_at: number
    decided_at: number | null
    delivery_id: number | null
  }
  /** Learners' questions in libraries, in clear. */
  published_question: {
    id: string
    code: string
    /** Null: the question was deleted, and the text was to stay. */
    question_id: number | null
    /** The question it is deleted with; null: it stays. */
    goes_with: number | null
    course: string
    language: string
    situation: string | null
    question: string
    answer: string
    follow_up: string
    second_answer: string
    article: string | null
    /** Who could read the library when the learner agreed. */
    library: string
    text_hash: string
    published_at: number
  }
  /** Who may open the desk. Null address: removed. */
  operator: {
    id: number
    address: string | null
    address_key: string | null
    role: string
    added_at: number
    removed_at: number | null
    /** IANA; null: that of the installation. */
    time_zone: Generated<string | null>
  }
  passkey: {
    /** The credential's id, base64url. */
    id: string
    operator_id: number
    /** COSE, base64url. */
    public_key: string
    counter: number
    /** JSON list. */
    transports: string
    added_at: number
    last_used_at: number | null
  }
  passkey_challenge: { challenge: string; operator_id: number | null; created_at: number }
  /** Single-use links to the desk. Null operator: makes the first owner. */
  operator_link: {
    hash: string
    operator_id: number | null
    created_at: number
    expires_at: number
    used_at: number | null
  }
  operator_session: {
    hash: string
    /** Names it in lists. */
    id: string
    operator_id: number
    means: string
    opened_at: number
    last_used_at: number
  }
  audit_entry: {
    number: number
    at: number
    operator_id: number | null
    act: string
    learner_id: number | null
    reason: string | null
    /** Canonical JSON. */
    details: string
    note_hash: string | null
    previous_hash: string
    hash: string
  }
  /** base64url of the sealed note. */
  audit_note: { number: number; learner_id: number; sealed: string }
  /** A question of a learner with everything that was written about it: the thread. */
  question: {
    id: Generated<number>
    learner_id: number
    enrolment_id: number
    course: string
    language: string
    /** Null: about the course as a whole. */
    day: number | null
    via: string
    state: string
    urgent: number
    allows_name: number
    asked_at: number
    waiting_since: number | null
    answered_at: number | null
    closed_at: number | null
    touched_at: number
    assigned_to: number | null
    follow_up_delivery_id: number | null
  }
  question_message: {
    id: Generated<number>
    question_id: number
    learner_id: number
    written_by: string
    operator_id: number | null
    sealed: Uint8Array
    via: string
    at: number
    delivery_id: number | null
  }
  question_block: { learner_id: number; course: string; at: number; operator_id: number | null }
  /** A reply by email. Empty once `settled_at` is set. */
  reply: {
    id: Generated<number>
    learner_id: number
    delivery_id: number
    digest: string
    sealed: Uint8Array
    received_at: number
    attempts: number
    next_try_at: number
    settled_at: number | null
    outcome: string | null
  }
  /** Which operator answers the questions of which course. */
  answers_for: { operator_id: number; course: string; at: number }
  /** A text that an author puts into answers. */
  saved_passage: { id: number; course: string; title: string; text: string; operator_id: number; at: number }
  question_draft: { question_id: number; operator_id: number; sealed: Uint8Array; at: number }
  /** A colleague is asked to look at a draft; `sealed` is what they say about it. */
  question_note: {
    id: number
    question_id: number
    asked_by: number
    asked_of: number
    at: number
    sealed: Uint8Array | null
    done_at: number | null
  }
  /** The author was told that the question waits, since then. */
  question_notice: { question_id: number; operator_id: number; waiting_since: number }
  author_notice: { operator_id: number; told_at: number | null; attempts: number; try_at: number }
}

export interface PreferenceColumns {
  name: string
  time_zone: string
  hour: number
  discreet: number
  web_only: number
  /** Null: the first language of the course. */
  language: string | null
  /** Null: every day. */
  pace: string | null
  /** Null: no reminder. */
  reminder_hour: number | null
}

/** Course form in clear, in rows written before `starting_point` included it; null and `[]` in newer rows. */
export interface PlainFormColumns {
  track: Generated<string | null>
  overlays: string
}
