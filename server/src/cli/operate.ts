import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isHalfRestored } from '../boot/admin/inspect-data.ts'
import type { OpenedOperator } from '../boot/admin/open-operator.ts'
import type { Operation, Operator } from '../boot/operator.ts'
import type { Config } from '../config/config.ts'
import type { Progress } from '../core/ledger/progress.ts'
import { isRegistryError } from '../domain/error.ts'
import { BlobsError } from '../ports/blobs/errors.ts'
import { DirectoryError } from '../ports/directory/errors.ts'
import { SearchError } from '../ports/search/errors.ts'
import { StoreError } from '../ports/store/errors.ts'
import { connectAdmin } from './admin-client.ts'
import { checkedConfig } from './checked-config.ts'
import { exitCodes, type Invocation } from './command.ts'
import { Failure } from './failure.ts'
import { ProgressLine } from './progress-line.ts'
import { noRight, startFailure } from './start-failure.ts'
import { onStopRequest } from './stop-requests.ts'
import type { World } from './world.ts'

/** Runs long work, in the server where one runs, else on the data folder itself. @throws Failure, also of ^C */
export async function operate<O, R>(
  invocation: Invocation,
  operationOf: (operator: Operator) => Operation<O, R>,
  options: O,
): Promise<R> {
  return await interruptibly(invocation.world, (progress, signal) =>
    withOperator(invocation, (operator) => operationOf(operator)(options, progress, signal)),
  )
}

/**
 * Shows how far the work is, and cuts it short when the process is asked to stop. `left`: what is told of that then.
 * @throws Failure, also of ^C
 */
export async function interruptibly<T>(
  world: World,
  work: (progress: Progress, signal: AbortSignal) => Promise<T>,
  left: string = 'what was done stays done',
): Promise<T> {
  const interrupted = new AbortController()
  const { signal } = interrupted
  const forget = onStopRequest(world, (reason) => {
    interrupted.abort(new Failure(`interrupted (${reason}); ${left}`, exitCodes.interrupted))
  })
  using line = new ProgressLine(world)
  try {
    const result = await work(line.show.bind(line), signal)
    signal.throwIfAborted()
    return result
  } catch (error) {
    throw signal.aborted ? signal.reason : inWords(error)
  } finally {
    forget()
  }
}

/** What the registry refuses, or its engines say, is told in their words; what nobody foresaw keeps its stack. */
export function inWords(error: unknown): unknown {
  const foreseen =
    isRegistryError(error) ||
    error instanceof StoreError ||
    error instanceof BlobsError ||
    error instanceof DirectoryError ||
    error instanceof SearchError
  return foreseen ? new Failure((error as Error).message, undefined, { cause: error }) : error
}

/**
 * Calls `use` with the operator of the server that runs on the data folder; where none runs, with one on the folder
 * itself, under its lock. @throws Failure where there is no data folder, or neither way is open
 */
export async function withOperator<T>(
  invocation: Invocation,
  use: (operator: Operator, running: boolean) => Promise<T>,
): Promise<T> {
  return await withOperatorOf(checkedConfig(invocation).config, use)
}

/** The same for a configuration that the command line does not name as its own, but by another `flag`. */
export async function withOperatorOf<T>(
  config: Config,
  use: (operator: Operator, running: boolean) => Promise<T>,
  flag?: string,
): Promise<T> {
  await requireFolder(config).catch((error: unknown) => namedBy(flag, error))
  const distant = await connectAdmin(config.data)
  // Its records may be on a server that only its own configuration names.
  if (distant !== undefined) return await use(distant, true)
  await requireRecords(config).catch((error: unknown) => namedBy(flag, error))
  const opened = await open(config).catch((error: unknown) => namedBy(flag, error))
  try {
    return await use(opened.operator, false)
  } catch (error) {
    throw inWords(error)
  } finally {
    await opened.close()
  }
}

/** What usually names a registry is no flag of a command that names two of them. @throws what it is given, in its words */
function namedBy(flag: string | undefined, error: unknown): never {
  if (flag === undefined || !(error instanceof Failure)) throw error
  const words = error.message.replace(asServed, '').replaceAll('--data', flag)
  throw new Failure(`${flag}: ${words}`, error.exitCode, { cause: error })
}

const asServed = ', or with the same --config as for `lading serve`'

/** So that a mistyped folder is told, and not made. What a server keeps is asked when it is opened. @throws Failure */
export async function requireData(config: Config): Promise<void> {
  await requireFolder(config)
  await requireRecords(config)
}

async function requireFolder({ data, store }: Config): Promise<void> {
  if (store.url !== undefined) return
  const found = await stat(data).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) {
    if (found.code !== 'ENOENT') throw new Failure(`${data} cannot be looked at: ${found.message}`)
    throw new Failure(`there is no data folder ${data}; name it with --data${asServed}`)
  }
  if (!found.isDirectory()) throw new Failure(`${data} is not a folder; name the data folder with --data`)
  await access(data, constants.R_OK | constants.X_OK).catch((error: Error) => {
    throw otherOwner(data, found.uid, error)
  })
}

async function requireRecords({ data, store }: Config): Promise<void> {
  if (store.url !== undefined) return
  if (await isHalfRestored(data)) {
    throw new Failure(
      `${data} holds half of a registry, since a restore into it was interrupted: run \`lading restore\` again`,
    )
  }
  const records = await stat(join(data, 'lading.db')).catch(() => undefined)
  if (records === undefined) {
    throw new Failure(
      `${data} holds no registry: there is no lading.db in it; name the data folder with --data, or, where its records are in a database, the file that says so with --config`,
    )
  }
}

/** What root makes in another user's folder is closed to the server that runs as that user. @throws Failure */
export async function requireOwner({ data, store }: Config): Promise<void> {
  if (store.url !== undefined) return
  const { uid } = await stat(data)
  if (process.getuid?.() !== 0 || uid === 0) return
  throw new Failure(
    `${data} belongs to user ${uid}, whose server could not use what root makes in it: run the command as that user, with sudo -u '#${uid}'`,
  )
}

/** A command is no reason to change whose folder it is. */
async function failureOfOwner({ data }: Config, failure: Failure): Promise<Failure> {
  const { uid } = await stat(data)
  return uid === process.getuid?.() ? failure : otherOwner(data, uid, failure)
}

function otherOwner(data: string, uid: number, cause: Error): Failure {
  return new Failure(
    `${data} belongs to user ${uid}, and this user has no right to it: run the command as that user, with sudo -u '#${uid}'`,
    undefined,
    { cause },
  )
}

async function open(config: Config): Promise<OpenedOperator> {
  return await holding(config, async () => {
    const { openOperator } = await import('../boot/admin/open-operator.ts')
    return await openOperator(config)
  })
}

/** Opens a data folder that this process then has to itself. @throws Failure where it cannot, in words for the operator */
export async function holding<T>(config: Config, opening: () => Promise<T>): Promise<T> {
  await requireOwner(config)
  try {
    return await opening()
  } catch (error) {
    const failure = startFailure(error, config)
    if (failure.message.includes(noRight)) throw await failureOfOwner(config, failure)
    if (!failure.message.includes('in use by another running Lading')) throw failure
    throw new Failure(
      `a Lading runs on ${config.data}, or another command works on it, and does not hear there: it may be starting or stopping, or could make no socket (its log says so); try again, or stop it first`,
      undefined,
      { cause: error },
    )
  }
}
