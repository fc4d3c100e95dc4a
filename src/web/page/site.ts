import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import { SOURCE_LANGUAGE } from '../../core/language/languages.ts'
import type { PublicUrl } from '../../core/service-urls/public-url.ts'
import { type Phrase, phrase, type Words } from '../../core/words.ts'
import type { Ports } from '../../flow/ports/ports.ts'
import type { Assets } from './assets.ts'

export interface SiteSettings {
  /** Links are below its path. Cookies are Secure if it is https. */
  readonly publicUrl: PublicUrl
  /** Number of proxies in front. */
  readonly trustProxy: number
  /** Sign-ups accepted per client address and hour. */
  readonly signUpLimit: number
  /** Origins whose pages may submit the sign-up form. */
  readonly signUpOrigins: readonly string[]
  /** The token for `/metrics`; null: only from this machine. */
  readonly metricsToken: string | null
  /** False: not served on this port. */
  readonly metricsOnSite: boolean
  readonly privacy: PrivacySettings
  /** Whether the page /styles exists. */
  readonly showStyles: boolean
  /** Where operators read times who have chosen no zone, IANA. */
  readonly deskTimeZone: string
  /** Whether the operator's desk is on this port. */
  readonly deskOnSite: boolean
}

/** The data controller, as shown on the privacy page. */
export interface PrivacySettings {
  /** Name and postal address; may have several lines. */
  readonly controller: string
  /** An email address or a URL. */
  readonly contact: string
  /** Null: consent, in the words of the page. */
  readonly legalBasis: string | null
}

export interface Check {
  readonly ok: boolean
  /** It works, but an operator should look at it. */
  readonly warning?: boolean
  /** A sentence for the operator. */
  readonly say: string
}

export interface SiteHealth {
  ready(): Promise<{ readonly ok: boolean; readonly checks: Readonly<Record<string, Check>> }>
  /** Prometheus text. */
  metrics(): Promise<string>
}

/** Dependencies of all routes. */
export interface Site {
  readonly ports: Ports
  readonly settings: SiteSettings
  readonly health: SiteHealth
  readonly assets: Assets
  /** Whether requests arrive as TRUST_PROXY says. */
  readonly proxies: {
    /** A sentence with the fix; null: they do. */
    warning(): string | null
  }
}

/** Finds a course by name. Throws AppError not-found. */
export function courseOf(site: Site, name: string): Course {
  const course = site.ports.courses.get(name)
  if (course === null) throw new AppError('not-found', phrase('errors.no-course'))
  return course
}

/** The course that pages without a course of their own follow. */
export function defaultCourse(site: Site): Course | null {
  return site.ports.courses.get(site.ports.settings.course)
}

/** The words of a course's pages; of pages without a course, those of the default course. */
export function wordsOf(site: Site, course: Course | null = defaultCourse(site)): Words {
  return site.ports.locales.wordsFor(course ?? { language: SOURCE_LANGUAGE })
}

/** Phrases by field as sentences. */
export function written(words: Words, phrases: Readonly<Record<string, Phrase>>): Record<string, string> {
  return Object.fromEntries(Object.entries(phrases).map(([field, phrase]) => [field, words.of(phrase)]))
}

/** What an error says to the person who caused it. */
export function messageOf(error: AppError, words: Words): string {
  return words.of(error.phrase ?? phrase('errors.failed'))
}
