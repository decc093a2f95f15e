import assert from 'node:assert/strict'
import type { Limits } from '../../core/ledger/limits.ts'
import type { ContractCase } from '../../ports/contract.ts'
import type { Artifact, Backend, NewArtifact, Page, Transaction } from '../backend-types.ts'
import { isRegistryError, type RegistryErrorCode } from '../errors.ts'
import type { Result } from '../result.ts'

/** One backend over data of its own. Disposal disconnects it and takes the data away. */
export interface BackendFixture extends AsyncDisposable {
  /** Connected. */
  readonly backend: Backend
  /** Disconnects, and answers a connected one on the same data, as a new process would. Only called where it is durable. */
  reopen(): Promise<Backend>
  /** What is kept, in whatever form: the same before and after what was to leave nothing behind. */
  kept?(): Promise<unknown>
}

/** What a backend brings so that the suite can be run against it. */
export interface BackendHarness {
  readonly can: {
    /** What was acknowledged is there after `disconnect` and `connect`. */
    readonly durable: boolean
  }
  /** Without an artifact. `limits`: what some cases need, the usual ones elsewhere. */
  start(limits: Partial<Limits>): Promise<BackendFixture>
}

export interface BackendCaseContext {
  readonly backend: Backend
  reopen(): Promise<Backend>
  /** Runs the work, and insists that it has left nothing behind. */
  leavingNothing(work: () => Promise<void>): Promise<void>
}

/** A case before it knows its harness. */
export interface BackendCase {
  readonly name: string
  /** Left out where data does not outlive the connection. */
  readonly durable?: boolean
  readonly limits?: Partial<Limits>
  check(context: BackendCaseContext): Promise<void>
}

export function bindCase(harness: BackendHarness, { name, limits = {}, check }: BackendCase): ContractCase {
  return {
    name,
    run: async () => {
      await using fixture = await harness.start(limits)
      const kept = async (): Promise<unknown> => await fixture.kept?.()
      const leavingNothing = async (work: () => Promise<void>): Promise<void> => {
        const before = await kept()
        await work()
        assert.deepEqual(await kept(), before, 'something was left behind')
      }
      await check({ backend: fixture.backend, reopen: () => fixture.reopen(), leavingNothing })
    },
  }
}

/** The value of a result that must be one. */
export function done<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new Error(`${result.error.code}: ${result.error.message}`, { cause: result.error })
}

/** The result says no, by that code, and for VALIDATION by that field. */
export function refused(result: Result<unknown>, code: RegistryErrorCode, field?: string): string {
  if (result.ok) assert.fail(`it was done, and should be refused as ${code}`)
  const { error } = result
  assert.ok(isRegistryError(error), 'the error is none of the library')
  assert.equal(error.code, code, `${error.code}: ${error.message}`)
  if (field !== undefined) assert.equal(error.field, field, error.message)
  return error.message
}

/** What an artifact of this name is made of. */
export function named(
  name: string,
  given: Partial<Omit<NewArtifact, 'metadata'>> & { readonly metadata?: object } = {},
): NewArtifact {
  const { metadata, ...rest } = given
  return { type: 'skill', source: `What ${name} does.`, ...rest, metadata: { name, ...metadata } }
}

export async function made(backend: Pick<Backend, 'create'>, artifact: NewArtifact): Promise<Artifact> {
  return done(await backend.create(artifact))
}

export async function begun(backend: Backend): Promise<Transaction> {
  return done(await backend.beginTransaction())
}

export function namesOf({ items }: Page<Artifact>): string[] {
  return items.map(({ metadata }) => metadata.name)
}

/** Runs `each` this many times, all at once. */
export function atOnce<T>(times: number, each: (n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, n) => each(n)))
}
