import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { SavedPassage } from '../../ports/answering-ports.ts'
import type { Ports } from '../../ports/ports.ts'
import type { Repositories } from '../../ports/store-ports.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'

type PassagePorts = RecordPorts & Pick<Ports, 'store'>

export const MAX_PASSAGE_TITLE = 120
export const MAX_PASSAGE_TEXT = 5_000

/** The passages of the courses that this operator answers for, by course and title. */
export async function listPassages(
  { store }: Pick<Ports, 'store'>,
  operatorId: number,
): Promise<readonly SavedPassage[]> {
  return store.savedPassages.ofCourses(await store.answersFor.coursesOf(operatorId))
}

export interface WrittenPassage {
  /** Null: a new one. */
  readonly id: number | null
  /** Of a new one; a passage stays with its course. */
  readonly course: string
  readonly title: string
  readonly text: string
}

/**
 * Adds a passage or changes one. Fails with `bad-input` for an empty or long one, and with `not-found` for a passage or course
 * that this operator does not answer for.
 */
export async function savePassage(
  ports: PassagePorts,
  operatorId: number,
  { id, course, title, text }: WrittenPassage,
): Promise<void> {
  if (title === '' || text === '') throw new AppError('bad-input', phrase('desk.errors.passage-empty'))
  if (title.length > MAX_PASSAGE_TITLE || text.length > MAX_PASSAGE_TEXT)
    throw new AppError('bad-input', phrase('desk.errors.passage-long', { most: MAX_PASSAGE_TEXT }))
  const at = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if (id === null) {
      await requireCourse(unit, operatorId, course)
      const passage = await unit.savedPassages.add({ course, title, text, operatorId, at })
      return recordAct(ports, unit, { operatorId, act: 'add-passage', details: { passage, course } })
    }
    const known = await passageOf(unit, operatorId, id)
    await unit.savedPassages.change(id, { title, text, operatorId, at })
    await recordAct(ports, unit, { operatorId, act: 'change-passage', details: { passage: id, course: known.course } })
  })
}

/** Deletes a passage. Answers that have it keep it. Fails with `not-found` as `savePassage` does. */
export async function removePassage(ports: PassagePorts, operatorId: number, id: number): Promise<void> {
  await ports.store.transaction(async (unit) => {
    const { course } = await passageOf(unit, operatorId, id)
    await unit.savedPassages.remove(id)
    await recordAct(ports, unit, { operatorId, act: 'remove-passage', details: { passage: id, course } })
  })
}

async function passageOf(unit: Repositories, operatorId: number, id: number): Promise<SavedPassage> {
  const passage = await unit.savedPassages.byId(id)
  if (passage === null) throw noPassage()
  await requireCourse(unit, operatorId, passage.course)
  return passage
}

async function requireCourse(unit: Repositories, operatorId: number, course: string): Promise<void> {
  if (!(await unit.answersFor.coursesOf(operatorId)).includes(course)) throw noPassage()
}

function noPassage(): AppError {
  return new AppError('not-found', phrase('desk.errors.no-passage'))
}
