import { RegistryError } from '../../domain/error.ts'
import type { Principal } from '../../domain/principal.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { RequestCaller } from '../../http/request-caller.ts'
import { csrfOf } from '../../http/visitor.ts'
import type { Shown } from './send-page.ts'

export type Form = ReadonlyMap<string, string>

/** What one page does with its form. It answers, or throws what its page then says above the form. */
export interface FormPage {
  readonly fields: readonly string[]
  /** Only of a session, whose token it has to have. */
  readonly isOfSession: boolean
  /** What it is asked by: a page that is there to be looked at, a form that is on another page, or both where nothing is said. */
  readonly is?: 'shown' | 'sent'
  show(asked: Asked, problem?: string, form?: Form): Shown | Promise<Shown>
  done(asked: Asked, form: Form): Promise<void>
}

export interface Asked {
  readonly exchange: Exchange
  readonly principal: Principal
  readonly caller: RequestCaller
  /** What the browser has of its session. */
  readonly token: string | undefined
}

/** Whose session it is, and what its forms have. undefined: nobody is logged in. */
export function sessionOf({
  principal,
  token,
}: Asked): { readonly user: string; readonly csrf: string } | undefined {
  return principal.kind === 'user' && token !== undefined
    ? { user: principal.name, csrf: csrfOf(token) }
    : undefined
}

/** @throws RegistryError `unauthenticated` */
export function requireSession(asked: Asked): { readonly user: string; readonly csrf: string } {
  const session = sessionOf(asked)
  if (session !== undefined) return session
  throw new RegistryError('unauthenticated', { reason: 'log in again; your session has ended' })
}

/** Links bring what a form begins with; what was typed wrong is there to be mended, but for passwords. */
export function fieldsOf(exchange: Exchange, form: Form | undefined, names: readonly string[]): Form {
  const given = form ?? new Map(exchange.parameters)
  return new Map(names.flatMap((name) => (given.has(name) ? [[name, given.get(name) ?? ''] as const] : [])))
}

/** @throws RegistryError `parameter-invalid` */
export function need(form: Form, name: string): string {
  const value = form.get(name) ?? ''
  if (value === '') throw new RegistryError('parameter-invalid', { parameter: name, reason: 'it is empty' })
  return value
}
