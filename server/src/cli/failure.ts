import { exitCodes } from './command.ts'

/** What a command could not do, in words for the person who called it. */
export class Failure extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.failed, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Failure'
    this.exitCode = exitCode
  }
}

export function usageFailure(message: string): Failure {
  return new Failure(message, exitCodes.usage)
}

/** The command has told all there is to tell. */
export class ReportedFailure extends Failure {
  constructor(exitCode: number) {
    super('', exitCode)
    this.name = 'ReportedFailure'
  }
}
