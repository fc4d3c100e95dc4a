import { fileURLToPath } from 'node:url'
import { checkCourseWords } from '../content/check-course-words.ts'
import { formatFault } from '../core/errors.ts'

/** `npm run words [-- folder]`: a course's folder, or a folder of courses; without one, lessons/. Status 1 for any fault. */
const { courses, faults } = await checkCourseWords(
  process.argv[2] ?? fileURLToPath(new URL('../../lessons', import.meta.url)),
)
for (const fault of faults) console.log(formatFault(fault))
console.log(
  faults.length === 0
    ? `The words of ${courses.join(', ')} hold.`
    : `${faults.length} ${faults.length === 1 ? 'place needs' : 'places need'} another look.`,
)
process.exitCode = faults.length === 0 ? 0 : 1
