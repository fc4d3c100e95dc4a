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
