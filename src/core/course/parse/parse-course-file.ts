import type { Problem } from '../../errors.ts'
import { ADDRESSES } from '../../language/languages.ts'
import { readCourseQuestions } from '../../question/course-questions.ts'
import { withUnixLines } from '../../text/front-matter.ts'
import { at, checkUnique, line, plain, type ReadContext, readTextList } from '../../text/read-text.ts'
import { readYaml, type SourcePositions, type YamlReader } from '../../text/yaml-reader.ts'
import { type Audience, CARE_FEATURES, type Course, LIBRARY_ACCESS } from '../course.ts'
import type { SourceFile } from './parse-lesson.ts'

export type CourseFile = Omit<Course, 'name' | 'languages' | 'lessons' | 'days' | 'closing' | 'earlier'>

/** Parses course.yaml. Null if it is not YAML, so that the audiences are unknown. */
export function parseCourseFile(
  source: SourceFile,
  positions: SourcePositions,
  problems: Problem[],
): CourseFile | null {
  const reader = readYaml(source.file, withUnixLines(source.text))
  if (reader.problems.length > 0) {
    problems.push(...reader.problems)
    return null
  }
  const course = readCourse(reader, positions)
  problems.push(...reader.problems)
  return course
}

/** The names that texts and fields can be addressed to. */
export function audiencesOf(course: CourseFile | null): Omit<ReadContext, 'positions'> {
  if (course === null) return { audiences: null, tracks: [], overlays: [] }
  const tracks = course.tracks.map(({ name }) => name)
  const overlays = course.overlays.map(({ name }) => name)
  return { audiences: ['common', ...tracks, ...overlays], tracks, overlays }
}

function readCourse(reader: YamlReader, positions: SourcePositions): CourseFile {
  const keys = reader.keys(
    [
      ...['title', 'tagline', 'mark', 'language', 'price', 'for', 'what', 'stop', 'promise', 'disclaimer', 'private'],
      ...['consent', 'sender', 'discreet', 'default-hour'],
    ],
    [
      'audiences',
      'version',
      'headline',
      'written-by',
      'reviewed-by',
      'preview-lesson',
      'link-preview',
      'library',
      'address',
      'care',
      'words',
      'questions',
    ],
  )
  const consent = at(keys, 'consent').keys(['version', 'text'])
  const version = keys.get('version') ?? at(consent, 'version')
  const sender = at(keys, 'sender').keys(['name'])
  const discreet = at(keys, 'discreet').keys(['sender', 'title', 'subject', 'preheader'])
  return {
    title: oneLine(at(keys, 'title')),
    tagline: plain(at(keys, 'tagline')),
    headline: optionalLine(keys.get('headline')),
    writtenBy: optionalLine(keys.get('written-by')),
    reviewedBy: optionalLine(keys.get('reviewed-by')),
    showsFirstLesson: keys.get('preview-lesson')?.flag() ?? false,
    linkPreview: keys.get('link-preview')?.flag() ?? false,
    library: keys.get('library')?.oneOf(LIBRARY_ACCESS) ?? 'open',
    mark: readMark(at(keys, 'mark')),
    language: readLanguage(at(keys, 'language')),
    ...readAddress(keys.get('address')),
    price: plain(at(keys, 'price')),
    forWhom: readTextList(at(keys, 'for')),
    what: readTextList(at(keys, 'what')),
    stop: plain(at(keys, 'stop')),
    promise: plain(at(keys, 'promise')),
    disclaimer: plain(at(keys, 'disclaimer')),
    privateAdvice: readTextList(at(keys, 'private')),
    consent: { version: oneLine(at(consent, 'version')), text: plain(at(consent, 'text')) },
    version: oneLine(version),
    sender: oneLine(at(sender, 'name')),
    care:
      keys
        .get('care')
        ?.list()
        .map((item) => item.oneOf(CARE_FEATURES)) ?? [],
    ...readWords(keys.get('words')),
    discreet: {
      sender: oneLine(at(discreet, 'sender')),
      title: oneLine(at(discreet, 'title')),
      subject: line(at(discreet, 'subject')),
      preheader: line(at(discreet, 'preheader')),
    },
    questions: readQuestions(keys.get('questions')),
    defaultHour: at(keys, 'default-hour').integer(0, 23),
    ...readAllAudiences(keys.get('audiences'), positions),
  }
}

function oneLine(reader: YamlReader): string {
  const text = plain(reader)
  if (/\p{Cc}/u.test(text)) reader.report(`${reader.name} has more than one line.`, 'Write it on one line.')
  return text
}

function optionalLine(reader: YamlReader | undefined): string {
  return reader === undefined ? '' : oneLine(reader)
}

function readMark(reader: YamlReader): string {
  const mark = oneLine(reader)
  if ([...mark].length > 3) reader.report(`The mark "${mark}" is too long.`, 'Use one to three characters.')
  return mark
}

function readLanguage(reader: YamlReader): string {
  const language = reader.text()
  try {
    if (language !== '') Intl.getCanonicalLocales(language)
  } catch {
    reader.report(`"${language}" is not a language.`, 'Use a tag such as en, de or pt-BR (BCP 47).')
  }
  return language
}

function readAddress(reader: YamlReader | undefined): Pick<Course, 'address'> {
  return reader === undefined ? {} : { address: reader.oneOf(ADDRESSES) }
}

function readQuestions(reader: YamlReader | undefined): Course['questions'] {
  return reader === undefined ? null : readCourseQuestions(reader)
}

/** Whether the names and placeholders exist is checked with the words of the service (readCourseWords). */
function readWords(reader: YamlReader | undefined): Pick<Course, 'words'> {
  if (reader === undefined) return {}
  const words = [...reader.entries()].map(([key, value]) => [
    key,
    { file: value.file, line: value.line, text: plain(value) },
  ])
  return { words: Object.fromEntries(words) }
}

function readAllAudiences(reader: YamlReader | undefined, positions: SourcePositions) {
  const keys = reader?.keys([], ['tracks', 'overlays'])
  const tracks = readNamed(keys?.get('tracks'), positions)
  const overlays = readNamed(keys?.get('overlays'), positions)
  const all = [...tracks, ...overlays].map((audience) => {
    const named = { id: audience.name }
    const position = positions.get(audience)
    if (position) positions.set(named, position)
    if (audience.name === 'common') position?.report('"common" means readers without a track.', 'Choose another name.')
    return named
  })
  checkUnique(all, 'audience', positions)
  return { tracks, overlays }
}

function readNamed(reader: YamlReader | undefined, positions: SourcePositions): Audience[] {
  if (reader === undefined) return []
  return reader.list().map((item) => {
    const keys = item.keys(['name', 'title', 'summary'])
    const audience = {
      name: at(keys, 'name').id(),
      title: plain(at(keys, 'title')),
      summary: plain(at(keys, 'summary')),
    }
    positions.set(audience, item)
    return audience
  })
}
