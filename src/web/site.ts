import type { Course } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import type { PublicUrl } from '../core/service-url.ts'
import type { Ports } from '../flow/ports.ts'
import type { Assets } from './assets.ts'

export interface SiteSettings {
  /** Pages lead below its path. Cookies are Secure when it is https. */
  readonly publicUrl: PublicUrl
  /** Number of proxies in front. */
  readonly trustProxy: number
  /** Sign-ups taken per client address and hour. */
  readonly signUpLimit: number
  readonly production: boolean
}

export interface Check {
  readonly ok: boolean
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
