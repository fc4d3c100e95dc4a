import { foldWord, splitWords } from './split-words.ts'

/**
 * Words that people use when they or others are in danger. They decide only whether help stands first on the page after a
 * question was sent, and whether its author sees it first: they block nothing, and nobody is told that one was found. A
 * star at the end of a word stands for any ending, and `..` for up to four words. Accents, case and the kind of apostrophe
 * make no difference.
 */
const DANGER_WORDS: Readonly<Record<string, readonly string[]>> = {
  en: [
    // Ending one's life.
    ...['suicid*', 'kill myself', 'killing myself', 'end my life', 'ending my life', 'take my own life'],
    ...[
      'taking my own life',
      'want to die',
      'wanna die',
      'wanted to die',
      'i was dead',
      'i were dead',
      'better off dead',
    ],
    ...["don't want to live", "didn't want to live", 'not want to live', "don't want to be alive", 'no reason to live'],
    ...["can't go on living", 'cannot go on living', 'better off without me', 'overdos*', 'jump off a bridge'],
    ...['kill himself', 'kill herself', 'kill themselves', 'killing himself', 'killing herself', 'killed himself'],
    ...['killed herself'],
    // Hurting oneself.
    ...['self harm*', 'selfharm*', 'hurt myself', 'hurting myself', 'harm myself', 'harming myself', 'cut myself'],
    ...['cutting myself', 'burn myself', 'burning myself', 'harm himself', 'harm herself'],
    // Violence. "It hit me" alone is something else.
    ...subjects(['hit me', 'hits me', 'beat me', 'hurts me physically', 'hurt me physically']),
    ...[
      'hit the kids',
      'hits the kids',
      'hit the children',
      'hits the children',
      'hitting me',
      'beats me',
      'beating me',
      'beaten me',
      'beat me up',
      'slapped me',
      'slaps me',
      'punched me',
    ],
    ...['punches me', 'kicked me', 'kicks me', 'choked me', 'chokes me', 'choking me', 'strangl*', 'shoved me'],
    ...[
      'shoves me',
      'pushed me against',
      'pushed me down',
      'threw me against',
      'physical violence',
      'physically abus*',
    ],
    ...['domestic violence', 'domestic abuse', 'is violent', 'gets violent', 'got violent', 'was violent'],
    ...['became violent', 'become violent', 'becomes violent', 'turns violent', 'abusive', 'abuses me', 'abused me'],
    ...['abusing me', ...['son', 'daughter', 'child', 'children', 'kids', 'baby'].flatMap(hitting)],
    ...['rape', 'raped', 'rapes', 'raping', 'forces me to have sex', 'forced me to have sex', 'forces me into sex'],
    ...['forced me into sex', 'sexual violence', 'sexually assault*', 'sexually abus*', 'sexual abuse', 'molest*'],
    // Threats and fear.
    ...['kill me', 'kill us', 'kill him', 'kill her', 'kill them', 'kill the kids', 'kill the children', 'murder*'],
    ...['threaten* me', 'threaten* us', 'threaten* my', 'threaten* to kill', 'threaten* to hurt', 'death threat*'],
    ...['a gun', 'his gun', 'her gun', 'with a knife', 'a knife to', 'stabbed', 'stabs', 'stabbing', 'stab me'],
    ...['for my life', 'not safe at home', 'unsafe at home', "don't feel safe", 'not feel safe', "didn't feel safe"],
    ...['him', 'her', 'my husband', 'my wife', 'my partner', 'my boyfriend', 'my girlfriend', 'my ex'].flatMap(
      afraidOf,
    ),
    ...['stalks me', 'stalked me', 'stalking me', 'stalker', 'follows me everywhere', 'tracks my phone', 'tracks me'],
    ...['locks me in', 'locked me in', 'locks me up', 'locked me up', "won't let me leave", 'not let me leave'],
    ...["won't let me out", "i'm in danger", 'i am in danger', "we're in danger", 'we are in danger'],
    ...['kids are in danger', 'children are in danger'],
  ],
  de: [
    // Nicht mehr leben wollen.
    ...['suizid*', 'selbstmord*', 'selbsttötung*', 'freitod', 'umbringen', 'umzubringen', 'bringe mich um'],
    ...['bring mich um', 'bringt sich um', 'umgebracht', 'nicht mehr leben', 'nicht weiterleben', 'will sterben'],
    ...['möchte sterben', 'wollte sterben', 'sterben will', 'sterben möchte', 'sterben wollte', 'das leben nehmen'],
    ...['leben .. ende setzen', 'leben beenden', 'lieber tot', 'wäre ich tot', 'ich tot wäre', 'lebensmüde'],
    ...['ohne mich besser dran', 'besser dran ohne mich', 'überdosis', 'mich töten', 'sich töten', 'brücke springen'],
    // Sich verletzen.
    ...[
      'selbstverletz*',
      'selbst verletz*',
      'ritze mich',
      'mich ritze*',
      'mich .. geritzt',
      'mir wehtun',
      'tue mir weh',
    ],
    ...['tu mir weh', 'mir etwas antun', 'mir was antun', 'sich etwas antun', 'sich was antun', 'etwas antue'],
    ...['was antue', 'sich etwas antut', 'sich was antut'],
    // Gewalt.
    ...[
      'schlägt mich',
      'schlug mich',
      'mich .. schlägt',
      'hat mich .. geschlagen',
      'er mich .. geschlagen',
      'sie mich .. geschlagen',
      'mann mich .. geschlagen',
      'mich schlagen',
      'mich zu schlagen',
    ],
    ...['schlägt .. kind*', 'kind* .. geschlagen', 'schlägt .. sohn', 'schlägt .. tochter', 'ohrfeig*', 'verprügel*'],
    ...['prügelt*', 'tritt mich', 'trat mich', 'mich .. getreten', 'tritt nach mir', 'würgt*', 'gewürgt', 'stößt mich'],
    ...['stieß mich', 'mich .. gestoßen', 'schubst mich', 'mich .. geschubst', 'schubste mich', 'er packt mich'],
    ...['packt mich am', 'packte mich am', 'handgreiflich', 'gewalttätig*', 'häusliche* gewalt', 'körperliche* gewalt'],
    ...['sexuelle* gewalt', 'sexualisierte* gewalt', 'gewalt angetan', 'misshandel*', 'missbrauch*', 'vergewaltig*'],
    ...['zum sex gezwungen', 'zum sex zwingt', 'zwingt mich zum sex', 'sexuell genötigt', 'sexuelle* nötigung'],
    // Drohungen und Angst.
    ...['bringt mich um', 'bringt uns um', 'bringe dich um', 'bedroht', 'bedrohte', 'bedrohen', 'droht mir'],
    ...['drohte mir', 'gedroht', 'morddroh*', 'mord', 'ermord*', 'pistole*', 'eine waffe', 'mit .. waffe'],
    ...['mit dem messer', 'mit einem messer', 'mit messer bedroht', 'erstech*', 'erstich*', 'angst um mein leben'],
    ...[
      'angst um unser leben',
      'todesangst',
      'nicht sicher zu hause',
      'zu hause nicht sicher',
      'fühle mich nicht sicher',
    ],
    ...['ihm', 'ihr', 'meinem mann', 'meiner frau', 'meinem partner', 'meiner partnerin'].map(
      (whom) => `angst vor ${whom}`,
    ),
    ...[
      'angst vor meinem freund',
      'angst vor meiner freundin',
      'angst vor meinem ex',
      'stalker*',
      'stalkt',
      'gestalkt',
    ],
    ...['er verfolgt mich', 'ex verfolgt mich', 'mann verfolgt mich', 'ortet mein handy', 'mein handy ortet'],
    ...['sperrt mich ein', 'sperrte mich ein', 'mich .. eingesperrt', 'schließt mich ein', 'mich .. eingeschlossen'],
    ...['lässt mich nicht raus', 'nicht aus dem haus', 'bin in gefahr', 'sind in gefahr', 'kinder in gefahr'],
    ...['lebensgefahr'],
  ],
}

function subjects(acts: readonly string[]): string[] {
  const who = ['he', 'she', 'husband', 'wife', 'partner', 'boyfriend', 'girlfriend', 'ex', 'father', 'mother']
  return who.flatMap((one) => acts.map((act) => `${one} .. ${act}`))
}

function hitting(whom: string): string[] {
  return ['hit', 'hits', 'hitting', 'beat', 'beats', 'beating'].flatMap((act) => [
    `${act} my ${whom}`,
    `${act} our ${whom}`,
  ])
}

function afraidOf(whom: string): string[] {
  return ['afraid', 'scared', 'terrified', 'frightened'].map((how) => `${how} of ${whom}`)
}

/** Between two words of a phrase; `..` stands for at most this many. */
const GAP_WORDS = 4

interface Part {
  readonly word: string
  /** Any ending. */
  readonly isStart: boolean
  /** How many words may stand before it. */
  readonly gap: number
}

/** Parsed once for each list, which belongs to a course or a language for as long as the process runs. */
const parsed = new WeakMap<readonly string[], readonly (readonly Part[])[]>()

/**
 * Whether the text contains words of danger of this language (BCP 47) or of `more`. Takes time in proportion to the length
 * of the text.
 */
export function hasDangerWords(text: string, language: string, more: readonly string[]): boolean {
  const words = splitWords(text)
  const [base = ''] = language.toLowerCase().split('-')
  return [DANGER_WORDS[base] ?? [], more].some((list) => phrasesOf(list).some((phrase) => contains(words, phrase)))
}

/** The languages that have a list. */
export const DANGER_LANGUAGES = Object.keys(DANGER_WORDS)

function phrasesOf(list: readonly string[]): readonly (readonly Part[])[] {
  const known = parsed.get(list)
  if (known !== undefined) return known
  const phrases = list.map(parsePhrase)
  parsed.set(list, phrases)
  return phrases
}

function parsePhrase(text: string): readonly Part[] {
  let gap = 0
  const parts: Part[] = []
  for (const piece of text.split(/[\s-]+/)) {
    if (piece === '..') {
      gap = GAP_WORDS
      continue
    }
    const isStart = piece.endsWith('*')
    parts.push({ word: foldWord(isStart ? piece.slice(0, -1) : piece), isStart, gap })
    gap = 0
  }
  return parts
}

function contains(words: readonly string[], phrase: readonly Part[]): boolean {
  return words.some((_, at) => matchesAt(words, at, phrase))
}

/** Takes the nearest word for each part, so that the time does not multiply with the gaps. */
function matchesAt(words: readonly string[], start: number, phrase: readonly Part[]): boolean {
  let at = start
  for (const [index, part] of phrase.entries()) {
    const gap = index === 0 ? 0 : part.gap
    let skipped = 0
    while (skipped <= gap && !matches(words[at + skipped], part)) skipped += 1
    if (skipped > gap) return false
    at += skipped + 1
  }
  return true
}

function matches(word: string | undefined, { word: wanted, isStart }: Part): boolean {
  if (word === undefined) return false
  return isStart ? word.startsWith(wanted) : word === wanted
}
