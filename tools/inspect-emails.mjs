// Renders all emails of the service for review by a person or SpamAssassin.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium, findProgram } from './find-programs.mjs'

const USAGE = `npm run mail:headers              the header table, one row for each kind of email
npm run mail:spam                 SpamAssassin's score, local rules alone (Debian: apt-get install spamassassin)
npm run mail:pictures -- <folder> pictures at 320 and 600 px, light, dark and without images; and the plain text
npm run mail:headers -- --help    this text, as with the other two`

const [command, folder = 'pictures'] = process.argv.slice(2)
const given = process.argv.slice(3)
const asksForHelp = given.includes('--help') || given.includes('-h')
const isKnown = ['headers', 'spam', 'pictures'].includes(command)
const mostWords = command === 'pictures' ? 1 : 0
if (asksForHelp || !isKnown || given.length > mostWords || folder.startsWith('-')) {
  console[asksForHelp ? 'log' : 'error'](USAGE)
  process.exit(asksForHelp ? 0 : 2)
}

const { everyMessage, twoKeys } = await import('../test/mail/message/every-message.ts')
const { mails, composer } = await everyMessage(twoKeys().keys)
const stopAddress = 'unsubscribe+0102736d706c65@bounces.course.example'
const returnPath = 'bounce+1-abcdefghijklmnop@bounces.course.example'
const composed = ({ email }) =>
  composer.compose({ ...email, envelopeFrom: returnPath, links: { ...email.links, mailToStop: stopAddress } })

if (command === 'headers') await printHeaders()
else if (command === 'spam') await printScores()
else await takePictures()

/** One email of each kind, regular and discreet, and the first lesson of every track. */
function sampleEmails() {
  const seen = new Set()
  return mails.filter(({ form, id, email }) => {
    if (form !== 'common' && form !== 'discreet' && id !== 'lesson-1') return false
    if (form.includes('+')) return false
    const key = `${form} ${email.kind}`
    return !seen.has(key) && seen.add(key)
  })
}

async function printHeaders() {
  const names = ['From', 'To', 'Subject', 'Date', 'Message-ID', 'List-Id', 'List-Unsubscribe', 'List-Unsubscribe-Post']
  const all = [...names, 'Feedback-ID', 'Auto-Submitted', 'Content-Language']
  console.log(`| form | mail | Return-Path | ${all.join(' | ')} | DKIM | text | HTML KB | all KB |`)
  console.log(`|${'---|'.repeat(all.length + 7)}`)
  const { default: PostalMime } = await import('postal-mime')
  for (const one of sampleEmails()) {
    const { raw, from } = await composed(one)
    const email = await PostalMime.parse(raw)
    const of = (name) => email.headers.filter(({ key }) => key === name.toLowerCase()).map(({ value }) => value)
    const signed = of('DKIM-Signature').map(
      (value) => `${/a=([\w-]+)/.exec(value)?.[1]} s=${/s=(\w+)/.exec(value)?.[1]}`,
    )
    const row = [
      one.form,
      one.id,
      from,
      ...all.map((name) => of(name).join(' + ').replaceAll('|', '\\|')),
      signed.join(' + '),
      `${(email.text ?? '').split(/\s+/).length} words`,
      kb(email.html ?? ''),
      kb(raw),
    ]
    console.log(`| ${row.join(' | ')} |`)
  }
}

async function printScores() {
  const program = findProgram('spamassassin')
  if (program === null) {
    console.error('SpamAssassin is missing. On Debian: sudo apt-get install --no-install-recommends spamassassin')
    process.exitCode = 1
    return
  }
  let worst = Number.NEGATIVE_INFINITY
  for (const one of sampleEmails()) {
    const { raw, from } = await composed(one)
    // As delivered by a receiving server: with the envelope sender and a Received field.
    const received = `Return-Path: <${from}>\r\nReceived: from relay.course.example (relay.course.example [93.184.216.34])\r\n\tby mx.example.test with ESMTPS id 1;\r\n\tMon, 23 Nov 2026 06:00:01 +0000\r\n`
    const output = await ask(program, ['--local', '--test-mode'], Buffer.concat([Buffer.from(received), raw]))
    const score = Number(/^X-Spam-Status:.*?score=(-?[\d.]+)/ms.exec(output)?.[1] ?? Number.NaN)
    const rules = /tests=([\s\S]*?)(?=\n\S|\s\w+=)/.exec(output)?.[1]?.replace(/\s+/g, '') ?? ''
    worst = Math.max(worst, score)
    console.log(`${String(score).padStart(6)}  ${`${one.form}/${one.id}`.padEnd(28)} ${rules}`)
  }
  console.log(`\nThe highest score is ${worst}; SpamAssassin calls it spam from 5 on. Less is better.`)
  process.exitCode = worst < 2 ? 0 : 1
}

async function takePictures() {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({
    executablePath: findChromium() ?? undefined,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  mkdirSync(folder, { recursive: true })
  const wanted = mails.filter(({ form }) => !form.includes('+') || form === 'mend+lighter+gentle')
  const only = process.argv[4] ? new RegExp(process.argv[4]) : /^(common|discreet|mend)\//
  for (const one of wanted) {
    const name = `${one.form}/${one.id}`
    if (!only.test(name)) continue
    const html = composer.show(one.email)
    const { raw } = await composed(one)
    const { default: PostalMime } = await import('postal-mime')
    const file = join(folder, name.replace('/', '-'))
    writeFileSync(`${file}.txt`, (await PostalMime.parse(raw)).text ?? '')
    for (const width of [320, 600]) {
      for (const look of ['light', 'dark', 'no-images']) {
        const page = await browser.newPage({
          viewport: { width, height: 500 },
          colorScheme: look === 'dark' ? 'dark' : 'light',
        })
        // Emails load nothing, so they must look the same with all requests blocked.
        if (look === 'no-images') await page.route(/^https?:/, (route) => route.abort())
        await page.setContent(html)
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        if (overflow > 0) console.log(`${name} is ${overflow} px too wide at ${width}`)
        await page.screenshot({ path: `${file}-${width}-${look}.png`, fullPage: true })
        await page.close()
      }
    }
    console.log(name)
  }
  await browser.close()
}

function ask(program, programArguments, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArguments, { stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', () => resolve(output))
    child.stdin.end(input)
  })
}

function kb(content) {
  return (Buffer.byteLength(content) / 1024).toFixed(1)
}
