import { fileURLToPath } from 'node:url'
import { formatProblem } from '../core/errors.ts'
import { helpOrUsage, USAGES } from './usages.ts'

/** `npm run words [-- folder]`: a course's folder, or a folder of courses; without one, lessons/. Status 1 for any problem. */
const args = process.argv.slice(2)
const instead = helpOrUsage(USAGES.words, args, () => args.length <= 1 && !args[0]?.startsWith('-'))
if (instead !== null) {
  console.log(instead.text)
  process.exitCode = instead.status
} else await check(args[0] ?? fileURLToPath(new URL('../../lessons', import.meta.url)))

async function check(folder: string): Promise<void> {
  const { checkCourseWords } = await import('../content/check-course-words.ts')
  const { courses, problems, notMeasured } = await checkCourseWords(folder)
  for (const problem of problems) console.log(formatProblem(problem))
  for (const name of notMeasured)
    console.log(`${name}: there is no reading grade for this language; it is not checked.`)
  console.log(
    problems.length === 0
      ? `${courses.join(', ')}: no problems found.`
      : `${problems.length} ${problems.length === 1 ? 'place needs' : 'places need'} another look.`,
  )
  process.exitCode = problems.length === 0 ? 0 : 1
}
