import type { Problem } from '../../errors.ts'
import { type FrontMatter, splitFrontMatter } from '../../text/front-matter.ts'
import { at, line, plain, type ReadContext, readAudiences } from '../../text/read-text.ts'
import { readYaml, type YamlReader } from '../../text/yaml-reader.ts'
import type { Closing, Course, Lesson, ReadOn } from '../course.ts'
import { parseBody } from './parse-body.ts'
import { parseExercise } from './parse-exercise.ts'

export interface SourceFile {
  readonly file: string
  readonly text: string
}

type Defaults = Pick<Course, 'discreet'>
type Keys = Map<string, YamlReader>

/** Parses one day of the course; `day` is the number in the file name. Null if it cannot be parsed at all. */
export function parseLesson(
  source: SourceFile,
  day: number,
  course: Defaults,
  context: ReadContext,
  problems: Problem[],
): Lesson | null {
  return parseFile(source, context, problems, (reader, parts) => {
    const keys = reader.keys(
      ['day', 'title', 'subject', 'preheader', 'minutes', 'goal', 'exercise'],
      ['discreet', 'read-on', 'starting-point'],
    )
    const readOn = keys.get('read-on')
    const before = reader.problems.length
    const given = at(keys, 'day').integer(1, 1_000)
    if (given !== day && reader.problems.length === before) {
      at(keys, 'day').report(`The file is named day ${day}, but its key says ${given}.`, `Write "day: ${day}".`)
    }
    return {
      day,
      file: source.file,
      ...readHead(keys, course),
      minutes: at(keys, 'minutes').integer(1, 240),
      goal: plain(at(keys, 'goal')),
      ...(readOn === undefined ? {} : { readOn: readPieces(readOn, context) }),
      ...(keys.get('starting-point')?.flag() ? { startingPoint: true } : {}),
      exercise: parseExercise(at(keys, 'exercise'), context),
      body: bodyOf(source, parts, context, problems),
    }
  })
}

/** `read-on: name`, or a list of names and of `{ piece: name, for: [..] }`. */
function readPieces(reader: YamlReader, context: ReadContext): ReadOn[] {
  const items = reader.isList() ? reader.list() : [reader]
  return items.map((item) => {
    const keys = item.isMapping() ? item.keys(['piece'], ['for']) : null
    const piece = keys === null ? item : at(keys, 'piece')
    return { piece: piece.id(), audiences: readAudiences(keys?.get('for'), context) }
  })
}

/** Parses the email and page after the last day. Null if the file cannot be parsed at all. */
export function parseClosing(
  source: SourceFile,
  course: Defaults,
  context: ReadContext,
  problems: Problem[],
): Closing | null {
  return parseFile(source, context, problems, (reader, parts) => {
    const keys = reader.keys(['title', 'subject', 'preheader'], ['discreet'])
    return {
      file: source.file,
      ...readHead(keys, course),
      body: bodyOf(source, parts, context, problems),
    }
  })
}

function parseFile<T>(
  source: SourceFile,
  context: ReadContext,
  problems: Problem[],
  read: (reader: YamlReader, parts: FrontMatter) => T,
): T | null {
  const parts = splitFrontMatter(source.file, source.text)
  if ('what' in parts) {
    problems.push(parts)
    return null
  }
  const reader = readYaml(source.file, parts.yaml, parts.linesBefore)
  if (reader.problems.length > 0) {
    problems.push(...reader.problems)
    bodyOf(source, parts, context, problems)
    return null
  }
  const result = read(reader, parts)
  problems.push(...reader.problems)
  return result
}

function readHead(keys: Keys, course: Defaults) {
  const discreet = keys.get('discreet')?.keys(['subject'])
  return {
    title: plain(at(keys, 'title')),
    subject: line(at(keys, 'subject')),
    preheader: line(at(keys, 'preheader')),
    discreetSubject: discreet === undefined ? course.discreet.subject : line(at(discreet, 'subject')),
  }
}

function bodyOf(source: SourceFile, parts: FrontMatter, context: ReadContext, problems: Problem[]) {
  return parseBody({ markdown: parts.body, file: source.file, line: parts.bodyLine }, context, problems)
}
