import type { Course } from '../../core/course/course.ts'
import type { Words } from '../../core/words.ts'
import type { OpenedMessage } from '../../flow/question/sealed-messages.ts'

/** Who wrote a message, and when. */
export function writtenBy(
  words: Words,
  { by, via }: Pick<OpenedMessage, 'by' | 'via'>,
  { questions }: Pick<Course, 'questions'>,
  when: string,
): string {
  if (by === 'author')
    return words.say('question.own.answered', { who: questions?.answeredBy ?? words.say('question.own.author'), when })
  return words.say(via === 'email' ? 'question.own.wrote-by-email' : 'question.own.wrote', { when })
}

/** Its lines, without empty ones. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}
