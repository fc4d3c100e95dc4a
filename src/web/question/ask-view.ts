import { paths } from '../../core/paths.ts'
import { html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import type { AskContext } from './ask-context.ts'
import { type AskDraft, askForm, whoAnswers } from './ask-form.ts'

/** The form on a page of its own: from the library, and where something of it was refused. */
export function askPage(context: AskContext, about: 'day' | 'course', draft: AskDraft): Page {
  const { words, course, discreet, token } = context
  return page({
    title: words.say('question.ask.title'),
    isError: Object.keys(draft.faults).length > 0,
    course,
    discreet,
    scripts: ['help-lines.js'],
    main: html`<div class="card narrow">
<h1>${words.say('question.ask.title')}</h1>
<p>${whoAnswers(context)}</p>
${askForm(context, about, draft)}
<p><a href="${paths.questions(token)}">${words.say('question.own.title')}</a></p>
<p><a class="text-button" href="${paths.lesson(token)}">${words.say('writing.back')}</a></p>
</div>`,
  })
}

/**
 * After sending. `helpFirst` puts help above the confirmation and says no reason. `told`: whether an email tells of the
 * answer.
 */
export function askedPage(context: AskContext, { helpFirst, told }: { helpFirst: boolean; told: boolean }): Page {
  const { words, course, discreet, token } = context
  const help = context.helpNow('asked-lines')
  const sent = words.say('question.asked.heading')
  return page({
    title: words.say('question.asked.title'),
    course,
    discreet,
    scripts: ['help-lines.js'],
    main: html`<div class="card narrow">
${
  helpFirst
    ? html`<h1>${words.say('question.help.heading')}</h1>
<p>${words.say('question.help.body')}</p>
${help}
<h2>${sent}</h2>`
    : html`<h1>${sent}</h1>`
}
<p>${whoAnswers(context)} ${words.say('question.asked.not-live')}</p>
<p>${words.say(told ? 'question.asked.told' : 'question.asked.not-told')}</p>
<p class="button-row"><a class="button button-secondary" href="${paths.lesson(token)}">${words.say('writing.back')}</a>
<a class="button button-secondary" href="${paths.questions(token)}">${words.say('question.own.title')}</a></p>
${
  !helpFirst &&
  html`<h2>${words.say('question.asked.sooner')}</h2>
${help}`
}
</div>`,
  })
}
