import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { AppError } from '../core/errors.ts'
import { asksForHelp, USAGES } from './usages.ts'

/** `npm run new-course -- <name> [--language de]`: a new course under lessons/. Status 1 if it cannot be made. */
const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const args = process.argv.slice(2)
const read = readArguments()
if (asksForHelp(args)) console.log(USAGES['new-course'])
else if (read === null) {
  console.log(USAGES['new-course'])
  process.exitCode = 2
} else {
  try {
    const { newCourse } = await import('../content/new-course.ts')
    const { name, language } = read
    const path = await newCourse(name, { language, lessonsDir: folder('lessons'), examplesDir: folder('examples') })
    console.log(`${path} is ready: five days to rewrite. See every email with: npm run preview`)
    console.log(`To offer it on the start page, set COURSE=${name} in .env.`)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

function readArguments(): { readonly name: string; readonly language: string | undefined } | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { language: { type: 'string' } },
      allowPositionals: true,
    })
    const [name, ...more] = positionals
    return name === undefined || more.length > 0 ? null : { name, language: values.language }
  } catch {
    return null
  }
}
