import type { Problem } from '../errors.ts'
import { withUnixLines } from '../text/front-matter.ts'
import { createMarkdownParser } from '../text/markdown-parser.ts'
import { at, checkUnique, plain, type ReadContext, readAudiences } from '../text/read-text.ts'
import { readYaml, type YamlReader } from '../text/yaml-reader.ts'
import { nameOf, type PageLink, pageLinks, readPage } from './care-page.ts'
import type { SourceFile } from './parse/parse-lesson.ts'

export interface Article {
  /** File name without `.md`. */
  readonly name: string
  readonly file: string
  readonly title: string
  readonly summary: string
  readonly minutes: number
  /** Sort position. */
  readonly order: number
  /** The audiences it suits best; everyone may read it. */
  readonly audiences: readonly string[]
  readonly markdown: string
  readonly links: readonly PageLink[]
}

/**
 * A question with its answer, and a follow-up question with its answer: one that comes with the course, or one that a
 * learner agreed to publish. Answers are Markdown.
 */
export interface LibraryQuestion {
  /** The last part of its address. */
  readonly id: string
  readonly question: string
  readonly answer: string
  /** '', like the second answer, if nobody asked further. */
  readonly followUp: string
  readonly secondAnswer: string
  /** The suggested article, or null. */
  readonly article: string | null
  /** The audiences it suits best; everyone may read it. */
  readonly audiences: readonly string[]
  readonly links: readonly PageLink[]
}

const parser = createMarkdownParser()

/** The first paragraph of an article or answer, as Markdown; '' if it has none. */
export function firstParagraph(markdown: string): string {
  const lines = parser.parse(markdown, {}).find(({ type, level }) => type === 'paragraph_open' && level === 0)?.map
  return lines
    ? markdown
        .split('\n')
        .slice(...lines)
        .join('\n')
    : ''
}

/** Parses an article. Null if it cannot be parsed at all; problems are appended to `problems`. */
export function parseArticle(source: SourceFile, context: ReadContext, problems: Problem[]): Article | null {
  return readPage(source, problems, (reader, parts) => {
    const keys = reader.keys(['title', 'summary', 'minutes', 'order'], ['for'])
    return {
      name: nameOf(source.file),
      file: source.file,
      title: plain(at(keys, 'title')),
      summary: plain(at(keys, 'summary')),
      minutes: at(keys, 'minutes').integer(1, 60),
      order: at(keys, 'order').integer(1, 1000),
      audiences: readAudiences(keys.get('for'), context),
      markdown: parts.body.trim(),
      links: pageLinks(parts.body, parts.bodyLine),
    }
  })
}

/** Parses `library/questions.yaml`. `articles` are the names that entries may refer to. */
export function parseLibraryQuestions(
  source: SourceFile,
  articles: readonly string[],
  context: ReadContext,
  problems: Problem[],
): LibraryQuestion[] {
  const top = readYaml(source.file, withUnixLines(source.text))
  if (top.problems.length > 0) {
    problems.push(...top.problems)
    return []
  }
  const questions = at(top.keys(['questions']), 'questions')
    .list()
    .map((item) => readQuestion(item, articles, context))
  checkUnique(questions, 'question', context.positions)
  problems.push(...top.problems)
  return questions
}

function readQuestion(item: YamlReader, articles: readonly string[], context: ReadContext): LibraryQuestion {
  const keys = item.keys(['id', 'question', 'answer', 'follow-up', 'second-answer'], ['for', 'article'])
  const article = keys.get('article')?.id() ?? null
  if (article !== null && !articles.includes(article)) {
    item.report(`There is no article "${article}".`, `Use one of: ${articles.join(', ')}.`)
  }
  const [answer, secondAnswer] = [plain(at(keys, 'answer')), plain(at(keys, 'second-answer'))]
  const question = {
    id: at(keys, 'id').id(),
    question: plain(at(keys, 'question')),
    answer,
    followUp: plain(at(keys, 'follow-up')),
    secondAnswer,
    article,
    audiences: readAudiences(keys.get('for'), context),
    links: pageLinks(`${answer}\n\n${secondAnswer}`, item.line),
  }
  context.positions.set(question, item)
  return question
}
