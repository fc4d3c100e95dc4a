import { describe, expect, test } from '@jest/globals'
import { DANGER_LANGUAGES, hasDangerWords } from '../../../src/core/question/danger-words.ts'
import { growth } from '../../support/time-growth.ts'

const TRUE_ONES: Readonly<Record<string, readonly string[]>> = {
  en: [
    'I do not know how to go on, I want to die.',
    'Some days I don’t want to live any more.',
    'I have been thinking about suicide.',
    'Everyone would be better off without me.',
    'He said he will kill himself if I leave.',
    'I started CUTTING MYSELF again.',
    'My self-harm is back.',
    'Last night he hit me again.',
    'She has never hit me before yesterday, but she did: my wife slapped me.',
    'My husband sometimes hits me when he drinks.',
    'He choked me.',
    'He pushed me against the wall.',
    'He gets violent when the team loses.',
    'My boyfriend forced me to have sex.',
    'I think I was raped.',
    'He hits our kids.',
    'She threatens to kill the dog and threatened me.',
    'I am afraid of my husband.',
    'I’m scared of him.',
    'He has a gun in the house.',
    'He locks me in when he goes out.',
    'My ex is stalking me.',
    'We are in danger.',
    "I don't feel safe here.",
    'This is an abusive marriage, my sister says.',
  ],
  de: [
    'Ich will sterben.',
    'Manchmal möchte ich nicht mehr leben.',
    'Ich denke an Suizid.',
    'Ohne mich wären alle … ohne mich besser dran.',
    'Er sagt, er bringt sich um, wenn ich gehe.',
    'Ich habe mich wieder geritzt.',
    'Ich habe Angst, dass sie sich etwas antut.',
    'Gestern hat er mich wieder geschlagen.',
    'Er schlägt mich, wenn er trinkt.',
    'Er SCHLAEGT MICH.',
    'Mein Mann hat mich gewürgt.',
    'Sie hat mir eine Ohrfeige gegeben. Ohrfeigen gibt es oft.',
    'Er hat mich gegen die Wand gestoßen.',
    'Er wird handgreiflich.',
    'Ich erlebe häusliche Gewalt.',
    'Wegen häuslicher Gewalt war die Polizei da.',
    'Ich glaube, das war eine Vergewaltigung.',
    'Er schlägt unsere Kinder.',
    'Er hat gedroht, mich umzubringen.',
    'Ich habe Angst vor meinem Mann.',
    'Ich hab solche Angst vor ihm.',
    'Er hat mich mit dem Messer bedroht.',
    'Er sperrt mich ein.',
    'Mein Ex ist ein Stalker.',
    'Wir sind in Gefahr.',
  ],
}

const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  en: [
    'My sister says I never listen. How do I start?',
    'It hit me that we never talk about money.',
    'Our marriage is in danger of becoming boring.',
    'We want a stable relationship and fear the same old row.',
    'I am terrified of losing her trust.',
    'He beats everyone at chess and is proud of it.',
    'She threatens nobody, she just goes quiet.',
    'The knife drawer is where we always argue.',
    'We want to kill the habit of checking phones at dinner.',
    'He said something that hurt me, and I said nothing.',
    'I cut my hours at work to have more time for us.',
    'Grape juice, scraped knees and drapes: that is our evening.',
    'I would rather not jump the gun.',
    'How do I tell him that I feel left out?',
  ],
  de: [
    'Meine Schwester sagt, ich höre nie zu. Wie fange ich an?',
    'Ich bin mir nicht mehr sicher, ob wir das Gleiche wollen.',
    'Unsere Beziehung ist in Gefahr, langweilig zu werden.',
    'Messer und Gabel liegen immer falsch, darüber streiten wir.',
    'Er hat die Tür zugeschlagen und ist spazieren gegangen.',
    'Der Gedanke verfolgt mich seit Tagen.',
    'Es trifft mich, wenn er schweigt.',
    'Ich habe Angst, dass sie mich nicht versteht.',
    'Wir schlagen uns gut durch den Alltag.',
    'Er hat einen Vorschlag gemacht, den ich abgelehnt habe.',
    'Ich will nicht mehr streiten, ich möchte reden.',
    'Das Spiel haben wir verloren, er war enttäuscht.',
    'Ihr schlagt immer vor, dass wir früher kommen.',
    'Sie zwingt mich nie zu etwas.',
  ],
}

describe.each(DANGER_LANGUAGES)('in %s', (language) => {
  test.each(TRUE_ONES[language] ?? [])('%j', (sentence) => {
    expect(hasDangerWords(sentence, language, [])).toBe(true)
    // In the midst of a long text, too.
    expect(hasDangerWords(`${'So it goes on. '.repeat(200)}\n${sentence}\nBye.`, language, [])).toBe(true)
  })

  test.each(HARMLESS[language] ?? [])('harmless: %j', (sentence) => {
    expect(hasDangerWords(sentence, language, [])).toBe(false)
  })
})

test('every language of the service has a list and sentences', () => {
  expect(DANGER_LANGUAGES).toEqual(['en', 'de'])
  for (const language of DANGER_LANGUAGES) expect(TRUE_ONES[language]?.length).toBeGreaterThan(20)
})

test('a region has the words of its language, and an unknown language those of the course alone', () => {
  expect(hasDangerWords('Er würgt mich.', 'de-AT', [])).toBe(true)
  expect(hasDangerWords('He hit me.', 'fr', [])).toBe(false)
  expect(hasDangerWords('Il me frappe.', 'fr', ['me frappe'])).toBe(true)
})

test('words of a course stand for themselves, any ending, or some words between', () => {
  const words = ['locks .. door', 'Stalk*', 'self-made ruin', 'été']
  const has = (text: string) => hasDangerWords(text, 'xx', words)
  expect(has('He LOCKS the old front door.')).toBe(true)
  expect(has('He locks one two three four door')).toBe(true)
  expect(has('He locks one two three four five door')).toBe(false)
  expect(has('door locks')).toBe(false)
  expect(has('a stalker')).toBe(true)
  expect(has('beanstalk')).toBe(false)
  expect(has('a self made ruin')).toBe(true)
  expect(has('cet ete')).toBe(true)
})

test('takes time in proportion to the length of a text', async () => {
  const hostile = (size: number) => 'he threaten kill mich er hat '.repeat(size)
  const look = (text: string) => hasDangerWords(text, 'en', ['a .. b .. c', 'er .. er .. er .. x'])
  expect(await growth(look, hostile, 300)).toMatchObject({ isLinear: true })
})
