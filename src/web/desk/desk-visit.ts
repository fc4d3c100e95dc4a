import type { Request, Response } from 'express'
import { usableZone } from '../../core/delivery/time-zone.ts'
import { SOURCE_LANGUAGE } from '../../core/language/languages.ts'
import type { Words } from '../../core/words.ts'
import type { SignedIn } from '../../flow/desk/operator-session.ts'
import type { Window } from '../../flow/ports/delivery-ports.ts'
import type { DeskCursor, Operator } from '../../flow/ports/desk-ports.ts'
import type { Site } from '../page/site.ts'

const DAY_MS = 86_400_000

/** English, because operators read the source language, and the zone in which this one reads times. */
export interface DeskWords extends Words {
  /** IANA. */
  readonly timeZone: string
}

/** One request to the desk. */
export interface DeskVisit {
  readonly site: Site
  readonly words: DeskWords
  readonly request: Request
  readonly response: Response
  /** Null on pages that anybody may open. */
  readonly signedIn: SignedIn | null
}

/** A request by somebody who is signed in and has the role that the route asks for. */
export interface OperatorVisit extends DeskVisit {
  readonly signedIn: SignedIn
}

/** Whoever is not signed in, or has chosen no zone, reads times by the clock of the installation. */
export function deskWords({ ports, settings }: Site, operator: Operator | null = null): DeskWords {
  const timeZone = usableZone(operator?.timeZone ?? settings.deskTimeZone)
  return { ...ports.locales.wordsFor({ language: SOURCE_LANGUAGE }), timeZone }
}

/** A field of the posted form; '' if it is missing or was sent more than once. Without NUL, which Postgres cannot store. */
export function fieldOf({ request }: Pick<DeskVisit, 'request'>, name: string): string {
  const value = (request.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value.replaceAll('\0', '').trim() : ''
}

export const MAX_NOTE_LENGTH = 500

/** The note for the audit log that the posted form has; '' for none. */
export function noteIn(visit: Pick<DeskVisit, 'request'>): string {
  return fieldOf(visit, 'note').slice(0, MAX_NOTE_LENGTH)
}

/** A field of several lines, as it was typed: forms send CRLF. */
export function textOf(visit: Pick<DeskVisit, 'request'>, name: string): string {
  return fieldOf(visit, name).replaceAll('\r\n', '\n')
}

/** A parameter of the query; '' likewise. */
export function queryOf({ request }: Pick<DeskVisit, 'request'>, name: string): string {
  const value = request.query[name]
  return typeof value === 'string' ? value.trim() : ''
}

/** A positive whole number; null for anything else. */
export function numberIn(text: string): number | null {
  return /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null
}

/** The UTC day of a date (YYYY-MM-DD); null for anything else. */
export function dateOf(date: string): Window | null {
  const start = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(date) : Number.NaN
  return Number.isNaN(start) ? null : { start, end: start + DAY_MS }
}

/** `<at>-<id>`, where a page of a list ended; null for anything else. */
export function cursorOf(text: string): DeskCursor | null {
  const [at, id] = text.split('-').map(numberIn)
  return at && id ? { at, id } : null
}
