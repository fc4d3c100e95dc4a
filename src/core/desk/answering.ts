/** Binds a draft to its question and author: anywhere else it cannot be decrypted. */
export function draftContext(questionId: number, operatorId: number): string {
  return JSON.stringify(['answer draft', questionId, operatorId])
}

/** Binds what a colleague says about a draft to the request. */
export function questionNoteContext(questionId: number, noteId: number): string {
  return JSON.stringify(['question note', questionId, noteId])
}

/** Characters of what a colleague says about a draft. */
export const QUESTION_NOTE_MAX = 2_000
