/** One message of a thread, opened. */
export interface ThreadMessage {
  readonly by: 'learner' | 'author'
  readonly text: string
}

export interface StartingText {
  readonly question: string
  readonly answer: string
  readonly followUp: string
  readonly secondAnswer: string
}

/**
 * What an author begins with: the learner's first words and the answer to them, then what the learner wrote after it and the
 * answer to that. Messages in a row by one side are one text; further ones are left out.
 */
export function startFromThread(messages: readonly ThreadMessage[]): StartingText {
  const turns: { by: ThreadMessage['by']; texts: string[] }[] = []
  for (const { by, text } of messages) {
    const last = turns.at(-1)
    if (last?.by === by) last.texts.push(text)
    else turns.push({ by, texts: [text] })
  }
  const from = turns.findIndex(({ by }) => by === 'learner')
  const turn = (index: number) => (from === -1 ? '' : (turns[from + index]?.texts.join('\n\n') ?? ''))
  const secondAnswer = turn(3)
  // A follow-up that waits for its answer is not ready to be read.
  return { question: turn(0), answer: turn(1), followUp: secondAnswer === '' ? '' : turn(2), secondAnswer }
}
