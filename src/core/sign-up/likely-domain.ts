/** Common mailbox providers as [name, endings]. These domains are never questioned; ones similar to them are. */
const PROVIDERS: readonly (readonly [name: string, endings: string])[] = [
  ['gmail', 'com'],
  ['googlemail', 'com'],
  ['hotmail', 'com de fr it es nl be se dk no fi ch co.uk com.br com.ar com.mx ca co.jp'],
  ['outlook', 'com de fr it es at dk ie be pt com.br com.au jp'],
  ['live', 'com de fr it nl be se dk no co.uk ca com.au com.mx at'],
  ['msn', 'com'],
  ['yahoo', 'com de fr it es ca ie in co.uk co.in co.jp com.br com.au com.ar com.mx gr ro se no dk'],
  ['ymail', 'com'],
  ['rocketmail', 'com'],
  ['icloud', 'com'],
  ['aol', 'com de fr it co.uk'],
  ['gmx', 'de net at ch com fr es co.uk'],
  ['web', 'de'],
  ['t-online', 'de'],
  ['freenet', 'de'],
  ['posteo', 'de net at ch'],
  ['mailbox', 'org'],
  ['protonmail', 'com ch'],
  ['proton', 'me'],
  ['fastmail', 'com fm'],
  ['orange', 'fr'],
  ['wanadoo', 'fr'],
  ['laposte', 'net'],
  ['libero', 'it'],
  ['virgilio', 'it'],
  ['bluewin', 'ch'],
  ['telenet', 'be'],
  ['ziggo', 'nl'],
  ['comcast', 'net'],
  ['verizon', 'net'],
  ['sbcglobal', 'net'],
  ['bellsouth', 'net'],
  ['btinternet', 'com'],
  ['yandex', 'ru com'],
  ['seznam', 'cz'],
  ['naver', 'com'],
  ['rediffmail', 'com'],
]

/** Existing domains that are similar to one of the above. */
const REAL = new Set([
  ...['mail', 'email', 'rmail', 'tmail', 'bmail', 'zmail', 'hushmail', 'freemail', 'range', 'orangem'],
  ...['cloud', 'never', 'saver', 'photon', 'libera', 'poste', 'poster', 'telnet', 'kahoot'],
])

/** Endings that do not exist, with the intended one. */
const ENDINGS = new Map(
  Object.entries({
    com: 'con cmo ocm comm coom ccom vom xom cpm cim c0m cok conm',
    net: 'nett nte ent ney',
    org: 'ogr orgg rog orh',
    de: 'dee',
  }).flatMap(([right, slips]) => slips.split(' ').map((slip) => [slip, right] as const)),
)

const DOMAINS = PROVIDERS.flatMap(([name, endings]) => endings.split(' ').map((ending) => ({ name, ending })))
const KNOWN = new Set(DOMAINS.map(({ name, ending }) => `${name}.${ending}`))

/** Typos of "com" that are country endings: treated as typos only after a provider's name. */
const COUNTRIES_LIKE_COM = ['co', 'cm', 'om']
const SHORT_NAME = 5
const LONG_NAME = 7
/** Longer than any provider's domain. */
const MAX_LENGTH = 40

/**
 * The domain that a person probably meant, or null. Judges by the text only: whether a mailbox exists is never checked.
 * `domain` is in lower-case ASCII.
 */
export function likelyDomain(domain: string): string | null {
  if (domain.length > MAX_LENGTH || KNOWN.has(domain)) return null
  const dot = domain.indexOf('.')
  const [name, ending] = [domain.slice(0, dot), domain.slice(dot + 1)]
  for (const isMeant of [isSlipOfEnding, isSlipOfName, isSlipOfBoth]) {
    for (const right of DOMAINS)
      if (isMeant(name, ending, right.name, right.ending)) return `${right.name}.${right.ending}`
  }
  const last = domain.slice(domain.lastIndexOf('.') + 1)
  const right = ENDINGS.get(last)
  return right === undefined ? null : domain.slice(0, -last.length) + right
}

function isSlipOfEnding(name: string, ending: string, right: string, rightEnding: string): boolean {
  return name === right && isNearEnding(ending, rightEnding)
}

function isSlipOfName(name: string, ending: string, right: string, rightEnding: string): boolean {
  return ending === rightEnding && isNearName(name, right, right.length >= LONG_NAME ? 2 : 1)
}

function isSlipOfBoth(name: string, ending: string, right: string, rightEnding: string): boolean {
  return right.length >= SHORT_NAME && isNearEnding(ending, rightEnding) && isNearName(name, right, 1)
}

function isNearName(name: string, right: string, most: number): boolean {
  if (REAL.has(name) || Math.abs(name.length - right.length) > most) return false
  if (right.length < SHORT_NAME) return name !== right && isSwapped(name, right)
  const changes = editDistance(name, right)
  // Few people mistype the first letter and another one: "foxmail" and "online" are not typos of "hotmail" and
  // "t-online".
  return changes <= 1 || (changes <= most && name[0] === right[0])
}

function isNearEnding(ending: string, right: string): boolean {
  if (ENDINGS.get(ending) === right) return true
  if (isCountry(ending)) return right === 'com' && COUNTRIES_LIKE_COM.includes(ending)
  // Two-letter names have too many neighbours, so only an added, missing or swapped letter counts.
  if (right.length === 2 && ending.length === 2) return isSwapped(ending, right)
  if (ending === 'net' || ending === 'org' || ending.length === 0) return false
  return Math.abs(ending.length - right.length) <= 1 && editDistance(ending, right) <= 1
}

/** Whether it is a country ending, such as "se". */
function isCountry(ending: string): boolean {
  if (!/^[a-z]{2}$/.test(ending)) return ending.includes('.')
  const known = countries.get(ending)
  if (known !== undefined) return known
  const code = ending.toUpperCase()
  const isKnown = REGIONS.of(code) !== code
  countries.set(ending, isKnown)
  return isKnown
}

/** At most 26 × 26 entries. Asking Intl takes as long as comparing a name. */
const countries = new Map<string, boolean>()
const REGIONS = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' })

function isSwapped(text: string, right: string): boolean {
  return (
    text.length === right.length && text !== right && editDistance(text, right) === 1 && sorted(text) === sorted(right)
  )
}

function sorted(text: string): string {
  return [...text].sort().join('')
}

/**
 * The number of letters to add, remove, change, or swap with their neighbour (Damerau 1964; optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    ;[before, last] = [last, row]
  }
  return last[b.length] ?? 0
}
