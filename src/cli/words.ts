import { fileURLToPath } from 'node:url'
import { checkCourseWords } from '../content/check-course-words.ts'
import { formatFault } from '../core/errors.ts'
import { insteadOf, USAGES } from './usages.ts'

/** `npm run words [-- folder]`: a course's folder, or a folder of courses; without one, lessons/. Status 1 for any fault. */
const args = process.argv.slice(2)
const instead = insteadOf(USAGES.words, args, () => args.length <= 1 && !args[0]?.startsWith('-'))
if (instead !== null) {
  console.log(instead.text)
  process.exitCode = instead.status
} else await check(args[0] ?? fileURLToPath(new URL('../../lessons', import.meta.url)))

async function check(folder: string): Promise<void> {
  const { courses, faults } = await checkCourseWords(folder)
  for (const fault of faults) console.log(formatFault(fault))
  console.log(
    faults.length === 0
      ? `The words of ${courses.join(', ')} hold.`
      : `${faults.length} ${faults.length === 1 ? 'place needs' : 'places need'} another look.`,
  )
  process.exitCode = faults.length === 0 ? 0 : 1
}
