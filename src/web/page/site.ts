import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { PublicUrl } from '../../core/service-url.ts'
import type { Ports } from '../../flow/ports/ports.ts'
import type { Assets } from './assets.ts'

export interface SiteSettings {
  /** Pages lead below its path. Cookies are Secure when it is https. */
  readonly publicUrl: PublicUrl
  /** Number of proxies in front. */
  readonly trustProxy: number
  /** Sign-ups taken per client address and hour. */
  readonly signUpLimit: number
  /** Origins whose pages may send the sign-up form. */
  readonly signUpOrigins: readonly string[]
  /** What `/metrics` asks for; null: whoever is on this machine. */
  readonly metricsToken: string | null
  /** False: not on this port at all. */
  readonly metricsOnSite: boolean
  readonly privacy: PrivacySettings
}

/** Who answers for the data, as the privacy page says it. */
export interface PrivacySettings {
  /** Name and postal address; may hold several lines. */
  readonly controller: string
  /** An email address, or the address of a page. */
  readonly contact: string
  readonly legalBasis: string
}

export interface Check {
  readonly ok: boolean
  /** It is fine, and somebody should still look at it. */
  readonly warning?: boolean
  /** A sentence for the person on call. */
  readonly say: string
}

export interface SiteHealth {
  ready(): Promise<{ readonly ok: boolean; readonly checks: Readonly<Record<string, Check>> }>
  /** Prometheus text. */
  metrics(): Promise<string>
}

/** What every resource of the site is handed. */
export interface Site {
  readonly ports: Ports
  readonly settings: SiteSettings
  readonly health: SiteHealth
  readonly assets: Assets
}

/** The course of this name. Throws AppError not-found. */
export function courseOf(site: Site, name: string): Course {
  const course = site.ports.courses.get(name)
  if (course === null) throw new AppError('not-found', 'There is no course at this address.')
  return course
}
