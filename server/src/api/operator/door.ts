import type { OperationName, Operator } from '../../boot/operator.ts'
import type { Progress } from '../../core/ledger/progress.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { readBody } from '../../http/body.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { sendNotFound } from '../../http/problem.ts'
import { send } from '../../http/send.ts'
import { statusOf } from '../../http/status.ts'
import type { Telemetry } from '../../ports/telemetry/telemetry.ts'
import { AnswerLines, errorLine } from './answer-lines.ts'
import {
  flag,
  isOperationName,
  membersOf,
  numberOf,
  operationNames,
  readAuditQuery,
  readOptions,
  textOf,
  textsOf,
} from './read-options.ts'
import { Busy, Stopping, Underway } from './underway.ts'

export interface OperatorDoor extends Door {
  /** Cuts short what runs, and waits so many milliseconds for it to end. */
  stop(graceMs: number): Promise<void>
}

/** What somebody did to the registry stands in its log. */
export type OperatorLog = Pick<Telemetry, 'info' | 'error'>

/** The largest list of options: a thousand ids of jobs. */
const bodyBytes = 256 * 1024

/**
 * What the operator's commands come by: `GET /status`, `GET /jobs`, `POST /jobs`, `POST /setup-link`, `POST /reset-link`,
 * `POST /audit` and `POST /audit-heads`, which change nothing, and a POST for each sort of work.
 * `operatorOf` is asked when somebody comes: most servers end without.
 * Asks nobody who they are: it belongs behind a socket that only the owner can open. Whoever hangs up ends their work.
 */
export function createOperatorDoor(
  operatorOf: () => Promise<Operator>,
  log: OperatorLog,
  now: () => number,
): OperatorDoor {
  const underway = new Underway(now)
  return {
    segments: ['status', 'jobs', 'setup-link', 'reset-link', 'audit', 'audit-heads', ...operationNames],
    handle: async (exchange) => {
      const name = exchange.path.slice(1)
      if (name === 'status') return answerStatus(exchange, await operatorOf())
      if (name === 'jobs') return answerJobs(exchange, await operatorOf())
      if (name === 'setup-link') return answerSetUpLink(exchange, await operatorOf(), log)
      if (name === 'reset-link') return answerResetLink(exchange, await operatorOf(), log)
      if (name === 'audit') return answerAudit(exchange, await operatorOf())
      if (name === 'audit-heads') return answerAuditHeads(exchange, await operatorOf())
      if (!isOperationName(name)) return sendNotFound(exchange)
      requireMethod(exchange, 'POST')
      await operate(exchange, name, { operator: await operatorOf(), underway, log, now })
    },
    fail: (exchange, error) => {
      if (!isExpected(error)) log.error('an operator command failed', error, { path: exchange.path })
      sendJson(exchange, statusFor(error), { error: errorLine(error) })
    },
    stop: async (graceMs) => {
      for (const command of await underway.stop(graceMs)) {
        const late = new Error('it could not be cut short in time')
        log.error('an operator command goes on while the server stops', late, { command })
      }
    },
  }
}

async function answerStatus(exchange: Exchange, operator: Operator): Promise<void> {
  requireMethod(exchange, 'GET')
  sendJson(exchange, 200, { result: await operator.status() })
}

async function answerJobs(exchange: Exchange, { jobs }: Operator): Promise<void> {
  requireMethod(exchange, 'GET', 'POST')
  if (exchange.method === 'GET') return sendJson(exchange, 200, { result: await jobs.dead() })
  const ids = textsOf(membersOf(await bodyOf(exchange)), 'revive')
  sendJson(exchange, 200, { result: await jobs.revive(ids) })
}

async function answerAudit(exchange: Exchange, { audit }: Operator): Promise<void> {
  requireMethod(exchange, 'POST')
  sendJson(exchange, 200, { result: await audit.list(readAuditQuery(membersOf(await bodyOf(exchange)))) })
}

async function answerAuditHeads(exchange: Exchange, { audit }: Operator): Promise<void> {
  requireMethod(exchange, 'POST')
  const limit = numberOf(membersOf(await bodyOf(exchange)), 'limit')
  sendJson(exchange, 200, { result: await audit.heads(limit) })
}

/** The link itself is not logged. */
async function answerSetUpLink(exchange: Exchange, operator: Operator, log: OperatorLog): Promise<void> {
  requireMethod(exchange, 'POST')
  const result = await operator.setUpLink()
  log.info('a new link for the first account was made, and those before open nothing any more')
  sendJson(exchange, 200, { result })
}

/** Nor is this one. */
async function answerResetLink(exchange: Exchange, operator: Operator, log: OperatorLog): Promise<void> {
  requireMethod(exchange, 'POST')
  const members = membersOf(await bodyOf(exchange))
  const user = textOf(members, 'user')
  const options = { secondFactor: flag(members, 'secondFactor') }
  const result = await operator.resetLink(user, options)
  log.info('a link for a new password was made', { user, ...options })
  sendJson(exchange, 200, { result })
}

interface Parts {
  readonly operator: Operator
  readonly underway: Underway
  readonly log: OperatorLog
  readonly now: () => number
}

async function operate(
  exchange: Exchange,
  name: OperationName,
  { operator, underway, log, now }: Parts,
): Promise<void> {
  const body = await bodyOf(exchange)
  const start = operationOf(operator, name, body)
  const begun = now()
  const ended = (outcome: string): void =>
    log.info('an operator command has ended', { command: name, outcome, ms: now() - begun })
  let lines: AnswerLines | undefined
  try {
    const result = await underway.run(name, exchange.signal, (signal) => {
      log.info('an operator command begins', { command: name, body: Buffer.from(body).toString() })
      lines = new AnswerLines(exchange, now)
      return start(lines.progress, signal)
    })
    ended(exchange.signal.aborted ? 'interrupted' : 'done')
    lines?.end({ result })
  } catch (error) {
    if (lines === undefined) throw error
    if (exchange.signal.aborted) return ended('interrupted')
    if (isExpected(error)) ended(errorLine(error).message)
    else log.error('an operator command failed', error, { command: name, ms: now() - begun })
    lines.end({ error: errorLine(error) })
  }
}

function operationOf<N extends OperationName>(
  operator: Operator,
  name: N,
  body: Uint8Array,
): (progress: Progress, signal: AbortSignal) => Promise<unknown> {
  const options = readOptions(name, body)
  const operation = operator[name] as (o: typeof options, p: Progress, s: AbortSignal) => Promise<unknown>
  return (progress, signal) => operation(options, progress, signal)
}

async function bodyOf(exchange: Exchange): Promise<Uint8Array> {
  return await readBody(
    exchange,
    bodyBytes,
    () => new RegistryError('too-large', { what: 'the body', limit: bodyBytes }),
  )
}

function requireMethod({ method }: Exchange, ...allow: string[]): void {
  if (!allow.includes(method)) throw new RegistryError('method-unsupported', { method, allow })
}

function isExpected(error: unknown): boolean {
  return isRegistryError(error) || error instanceof Busy || error instanceof Stopping
}

function statusFor(error: unknown): number {
  if (error instanceof Busy) return 409
  if (error instanceof Stopping) return 503
  return isRegistryError(error) ? statusOf(error.code) : 500
}

function sendJson(exchange: Exchange, status: number, value: unknown): void {
  send(
    exchange,
    status,
    ['Content-Type', 'application/json', 'Cache-Control', 'no-store'],
    JSON.stringify(value),
  )
}
