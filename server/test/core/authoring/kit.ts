import type { Artifacts, CreateArtifact } from '../../../src/boot/compose/artifacts.ts'
import { emptyRepositoryJob } from '../../../src/core/authoring/purge-artifact.ts'
import { emptyRepository } from '../../../src/core/gc/empty-repository.ts'
import type { Artifact } from '../../../src/domain/artifact.ts'
import type { Namespace } from '../../../src/domain/repository-name.ts'
import { type TestCore, type TestCoreOptions, testCore } from '../kit.ts'

export interface Authors extends AsyncDisposable {
  readonly test: TestCore
  readonly artifacts: Artifacts
  /** An artifact with what is given, and the rest as it does not matter. */
  create(given?: Partial<CreateArtifact>): Promise<Artifact>
  /** Runs the jobs that changes have asked for. */
  runJobs(): Promise<void>
}

export const acme: Namespace = 'acme' as Namespace

/** Somebody who makes artifacts, in memory. */
export async function authors(options: TestCoreOptions = {}): Promise<Authors> {
  const test = await testCore(options)
  const { artifacts } = test.registry
  return {
    test,
    artifacts,
    create: async (given = {}) =>
      await artifacts.create(test.caller, {
        kind: 'persona',
        namespace: acme,
        slug: undefined,
        owner: 'ada',
        visibility: 'public',
        metadata: { name: 'Ada the Reviewer' },
        document: undefined,
        source: 'PERSONA Ada',
        version: '1.0.0',
        changelog: '',
        published: false,
        ...given,
      }),
    runJobs: async () => {
      const handlers = new Map([
        [
          emptyRepositoryJob,
          async (payload: never, context: never) => emptyRepository(test.core, payload, context),
        ],
      ])
      await test.journal.drain(handlers as never)
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  }
}

/** The code of the error that some work throws. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error)
  }
}
