/** What a file in emails/words/ must hold, for each shape of email. */
export interface WordsFormat {
  /** Keys of the front matter. */
  readonly words: readonly string[]
  /** Keys of its part `discreet`, which replaces the words in a discreet email. */
  readonly discreet: readonly string[]
  /** Placeholders that words and body may hold. */
  readonly placeholders: readonly string[]
  /** Placeholders that the discreet words may hold: nothing that tells what the email is about. */
  readonly discreetPlaceholders: readonly string[]
  /** Whether the text below the front matter is the body; otherwise the course writes it. */
  readonly body: boolean
}

const COURSE_WORDS = ['button', 'view', 'why', 'stop', 'help']
const STEP_WORDS = ['step-label', 'step', 'step-note']
const NOTICE_DISCREET = ['subject', 'preheader', 'heading', 'line', 'button', 'view', 'why', 'stop']
const COURSE_FORMAT = {
  discreet: ['line', 'button', 'view', 'why', 'stop'],
  discreetPlaceholders: [],
  body: false,
} as const

/** An email whose every word is in emails/words/. */
export const NOTICE_WORDS: WordsFormat = {
  words: ['subject', 'preheader', 'heading', 'button', 'after', 'view', 'why', 'stop'],
  discreet: NOTICE_DISCREET,
  placeholders: ['course', 'days'],
  discreetPlaceholders: [],
  body: true,
}

/** Also says when the next lesson comes, or that none does. */
export const CONFIRMATION_WORDS: WordsFormat = {
  ...NOTICE_WORDS,
  words: [...NOTICE_WORDS.words, 'next', 'no-next'],
  placeholders: ['course', 'days', 'next'],
}

export const ALREADY_ACTIVE_WORDS: WordsFormat = {
  ...CONFIRMATION_WORDS,
  discreet: [...NOTICE_DISCREET, 'next', 'no-next'],
  placeholders: ['course', 'days', 'next', 'when'],
  discreetPlaceholders: ['next', 'when'],
}

export const LESSON_WORDS: WordsFormat = {
  ...COURSE_FORMAT,
  words: ['day-of', 'plan', ...STEP_WORDS, ...COURSE_WORDS],
  placeholders: ['course', 'days', 'day', 'exercise', 'minutes'],
}

export const CHECK_IN_WORDS: WordsFormat = {
  ...COURSE_FORMAT,
  words: ['day-of', ...STEP_WORDS, ...COURSE_WORDS],
  placeholders: ['course', 'days', 'week', 'weeks', 'exercise', 'minutes'],
}

export const CLOSING_WORDS: WordsFormat = {
  ...COURSE_FORMAT,
  words: ['day-of', ...COURSE_WORDS],
  placeholders: ['course', 'days'],
}

/** The same email for every day: no placeholder says which. */
export const SHORT_WORDS: WordsFormat = {
  words: ['subject', 'preheader', 'heading', ...COURSE_WORDS],
  discreet: NOTICE_DISCREET,
  placeholders: ['course'],
  discreetPlaceholders: [],
  body: true,
}
