/** A letter to one person, as plain text. */
export interface Letter {
  readonly to: string
  /** One line. */
  readonly subject: string
  readonly text: string
}

/** Takes letters to whom they are for, or to who looks after the registry. */
export interface Mailer {
  /** Resolves once somebody has taken charge of it. @throws MailError */
  send(letter: Letter): Promise<void>
  close(): Promise<void>
}

/** `refused`: trying again changes nothing. `unavailable`: it may go later. */
export type MailErrorKind = 'refused' | 'unavailable'

export class MailError extends Error {
  override readonly name = 'MailError'
  readonly kind: MailErrorKind

  constructor(kind: MailErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
