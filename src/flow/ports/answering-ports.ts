/** Which operator answers the questions of which course. No role includes it. */
export interface AnswersFor {
  /** False if so already. */
  grant(operatorId: number, course: string, now: number): Promise<boolean>
  /** False if not so. */
  revoke(operatorId: number, course: string): Promise<boolean>
  /** In the order of their names. */
  coursesOf(operatorId: number): Promise<readonly string[]>
  /** By course and operator. */
  all(): Promise<readonly { readonly operatorId: number; readonly course: string }[]>
}

/** A text that authors put into their answers. It is theirs, and names no learner. */
export interface SavedPassage {
  readonly id: number
  readonly course: string
  readonly title: string
  /** Markdown. */
  readonly text: string
  /** Who wrote it last. */
  readonly operatorId: number
  /** ms UTC. */
  readonly at: number
}

export interface SavedPassages {
  /** Within a transaction, because ids are assigned one after the other. */
  add(row: Omit<SavedPassage, 'id'>): Promise<number>
  byId(id: number): Promise<SavedPassage | null>
  /** By course and title. */
  ofCourses(courses: readonly string[]): Promise<readonly SavedPassage[]>
  /** False if there is none. */
  change(id: number, changes: Pick<SavedPassage, 'title' | 'text' | 'operatorId' | 'at'>): Promise<boolean>
  remove(id: number): Promise<boolean>
}

export interface QuestionDraft {
  readonly questionId: number
  readonly operatorId: number
  /** Under the learner's key; see core/desk/answering.ts. */
  readonly sealed: Uint8Array
  /** ms UTC. */
  readonly at: number
}

/** Answers that are not sent yet: one for each author and question. */
export interface QuestionDrafts {
  save(draft: QuestionDraft): Promise<void>
  of(questionId: number, operatorId: number): Promise<QuestionDraft | null>
  /** Of one author, about questions of this course. */
  ofCourse(operatorId: number, course: string): Promise<readonly QuestionDraft[]>
  remove(questionId: number, operatorId: number): Promise<void>
}

/** A second pair of eyes: a colleague is asked to look at a draft. */
export interface QuestionNote {
  readonly id: number
  readonly questionId: number
  readonly askedBy: number
  readonly askedOf: number
  /** ms UTC. */
  readonly at: number
  /** What the colleague says, under the learner's key; null before, or if nothing was said. */
  readonly sealed: Uint8Array | null
  readonly doneAt: number | null
}

export interface QuestionNotes {
  /** Within a transaction, because ids are assigned one after the other. False if this colleague is asked already. */
  ask(row: Pick<QuestionNote, 'questionId' | 'askedBy' | 'askedOf' | 'at'>): Promise<boolean>
  /** In the order in which they were asked for. */
  ofQuestion(questionId: number): Promise<readonly QuestionNote[]>
  /** What this colleague is asked to look at and has not. */
  askedOf(operatorId: number): Promise<readonly QuestionNote[]>
  /** False if it is done already, or was asked of somebody else. */
  finish(id: number, askedOf: number, sealed: Uint8Array | null, now: number): Promise<boolean>
  /** Forgets what this colleague was asked in this course and has not done. */
  withdraw(askedOf: number, course: string): Promise<void>
}

/** What somebody is assigned in one course: questions that are not closed. */
export interface AssignedQuestions {
  readonly course: string
  readonly count: number
}

/** A question that waits, and of which its author was not told. */
export interface UntoldQuestion {
  readonly questionId: number
  readonly urgent: boolean
  /** ms UTC. */
  readonly waitingSince: number
}

/** Who has which question, and who was told of it. */
export interface QuestionDuty {
  countAssigned(operatorId: number): Promise<readonly AssignedQuestions[]>
  /** Gives what one operator is assigned in this course to another, or with null to nobody. Returns how many. */
  handOver(operatorId: number, course: string, to: number | null): Promise<number>
  /** What this author was not told of; of what began to wait before they answered for the course, nothing. */
  untold(operatorId: number, limit: number): Promise<readonly UntoldQuestion[]>
  /** When this author was last told of a question, ms UTC; null for never. */
  lastTold(operatorId: number): Promise<number | null>
  /** True for exactly one caller until `until`. */
  claimNotice(operatorId: number, now: number, until: number): Promise<boolean>
  /** The email was handed over. */
  told(operatorId: number, questions: readonly UntoldQuestion[], now: number): Promise<void>
  /** Every author is told of this question anew, if it still waits. */
  tellAgain(questionId: number): Promise<void>
  /** It was not: returns how often that has happened in a row. */
  notTold(operatorId: number): Promise<number>
  /** When to try again, ms UTC. */
  tryNoticeAt(operatorId: number, at: number): Promise<void>
}
