import { isReason } from '../../core/desk/audit.ts'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import { isPersonAct, PERSON_ACTS, type PersonAct } from '../../core/desk/person-acts.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { actOnPerson } from '../../flow/desk/act-on-person.ts'
import { viewPerson } from '../../flow/desk/view-person.ts'
import { messageOf } from '../page/site.ts'
import { sendDeskPage, sentencePage } from './desk-page.ts'
import { fieldOf, noteIn, numberIn, type OperatorVisit } from './desk-visit.ts'
import { personIdOf } from './people.ts'
import { erasePage } from './person-acts-view.ts'
import { personPage } from './person-view.ts'

/** What an operator does for a person, each with a reason. */
export const personActs = {
  'post /desk/people/:id/act': async (visit: OperatorVisit) => {
    const { site, words, response } = visit
    const id = personIdOf(visit)
    const act = fieldOf(visit, 'act')
    try {
      if (!isPersonAct(act) || PERSON_ACTS[act].about === 'person')
        throw new AppError('bad-input', phrase('desk.errors.changes-nothing'))
      await work(visit, id, act)
      response.redirect(303, `${deskPaths.person(id)}?done=${act}`)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
      const [fault] = Object.values(error.fields)
      const person = await viewPerson(site.ports, id)
      const said = fault === undefined ? messageOf(error, words) : words.of(fault)
      sendDeskPage(visit, 400, personPage(words, person, { done: '', error: said }))
    }
  },

  'get /desk/people/:id/erase': (visit: OperatorVisit) => askBeforeErasing(visit, 200, null),

  'post /desk/people/:id/erase': async (visit: OperatorVisit) => {
    const { words } = visit
    if (!isReason(fieldOf(visit, 'reason'))) return askBeforeErasing(visit, 400, words.say('desk.errors.no-reason'))
    await work(visit, personIdOf(visit), 'erase')
    sendDeskPage(visit, 200, sentencePage(words.say('desk.people.title'), words.say('desk.person.erased')))
  },
}

async function work(visit: OperatorVisit, learnerId: number, act: PersonAct): Promise<void> {
  const reason = fieldOf(visit, 'reason')
  if (!isReason(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
  await actOnPerson(visit.site.ports, {
    operatorId: visit.signedIn.operator.id,
    ...{ learnerId, act, reason },
    // A note would be deleted together with the person.
    note: act === 'erase' ? '' : noteIn(visit),
    enrolmentId: PERSON_ACTS[act].about === 'course' ? numberIn(fieldOf(visit, 'enrolment')) : null,
    value: fieldOf(visit, 'value'),
  })
}

async function askBeforeErasing(visit: OperatorVisit, status: number, error: string | null): Promise<void> {
  const person = await viewPerson(visit.site.ports, personIdOf(visit))
  sendDeskPage(visit, status, erasePage(visit.words, person, error))
}
