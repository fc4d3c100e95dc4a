import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { PublicUrl } from '../../core/service-url.ts'
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
}

/** The data controller, as shown on the privacy page. */
export interface PrivacySettings {
  /** Name and postal address; may have several lines. */
  readonly controller: string
  /** An email address or a URL. */
  readonly contact: string
  readonly legalBasis: string
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
  if (course === null) throw new AppError('not-found', 'There is no course at this address.')
  return course
}
