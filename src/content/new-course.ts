import { access, cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { SOURCE_LANGUAGE } from '../core/language/languages.ts'
import { displayPath } from './display-path.ts'

/** The course that new ones begin as; its translations are beside it. */
const EXAMPLE = 'five-small-walks'

/**
 * Copies the example course in this language to a new folder, and returns its path. Fails with `misconfigured` for a
 * name that is no name of a course, a folder that exists, or a language without an example.
 */
export async function newCourse(
  name: string,
  { language = SOURCE_LANGUAGE, lessonsDir, examplesDir }: NewCourseOptions,
): Promise<string> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    const fix = 'Use lower-case letters, digits and hyphens, such as my-course.'
    throw new AppError('misconfigured', `"${name}" is not a name for a course. ${fix}`)
  }
  const languages = (await readdir(examplesDir)).toSorted().flatMap(languageOf)
  if (!languages.includes(language)) {
    const fix = `Use one of: ${languages.join(', ')}; then translate the copy and change "language" in course.yaml.`
    throw new AppError('misconfigured', `There is no example in the language "${language}". ${fix}`)
  }
  const example = join(examplesDir, language === SOURCE_LANGUAGE ? EXAMPLE : `${EXAMPLE}.${language}`)
  const target = join(lessonsDir, name)
  if (await exists(target)) {
    throw new AppError('misconfigured', `${displayPath(target)} exists already. Choose another name, or remove it.`)
  }
  // Hidden until it is whole: the service and the preview skip such folders.
  const draft = join(lessonsDir, `.${name}.draft`)
  await mkdir(lessonsDir, { recursive: true })
  try {
    await cp(example, draft, { recursive: true })
    await rename(draft, target)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return displayPath(target)
}

export interface NewCourseOptions {
  /** English if left out. */
  readonly language?: string | undefined
  readonly lessonsDir: string
  readonly examplesDir: string
}

/** The language of a folder that holds the example; the source language has no ending. */
function languageOf(folder: string): string[] {
  if (folder === EXAMPLE) return [SOURCE_LANGUAGE]
  return folder.startsWith(`${EXAMPLE}.`) ? [folder.slice(EXAMPLE.length + 1)] : []
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
