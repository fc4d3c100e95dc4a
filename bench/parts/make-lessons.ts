import { appendFile, cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { COURSE } from './seed.ts'

/** A day with a lesson before it and more to come. */
export const DAY = 2

const LESSONS = fileURLToPath(new URL('../../lessons', import.meta.url))

/** Enlarges an email of the first course from 28 KB to the 33 KB used for the other figures. */
const PARAGRAPH =
  'A walk round the block does more than it seems to. Your feet set the pace, your breath follows, and the words wait. ' +
  "When you come back, say what you noticed first, and ask what they noticed. Nobody has to win. It's enough to hear it."
const PARAGRAPHS = 9

/** Copies the courses with one day enlarged to the typical size of marketing email. */
export async function makeLessons(folder: string): Promise<string> {
  const lessons = join(folder, 'lessons')
  await mkdir(lessons, { recursive: true })
  await cp(join(LESSONS, COURSE), join(lessons, COURSE), { recursive: true })
  await appendFile(join(lessons, COURSE, `day-${DAY}.md`), `\n${`${PARAGRAPH}\n\n`.repeat(PARAGRAPHS)}`)
  return lessons
}
