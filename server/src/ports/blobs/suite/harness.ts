import type { ContractCase } from '../../contract.ts'
import type { Blobs, FileName } from '../blobs.ts'

/** One engine over files of its own. Disposal closes it and takes the files away. */
export interface BlobsFixture extends AsyncDisposable {
  readonly blobs: Blobs
  /** Closes the engine and opens the same files as a new process would; `blobs` stays the closed one. */
  reopen(): Promise<Blobs>
  /** Changes one stored byte behind the engine's back. Only called where the harness `flips`. */
  flipByte(file: FileName, at: number): Promise<void>
}

/** What an engine brings so that the suite can be run against it. */
export interface BlobsHarness {
  /** `flipByte` works: stored bytes can be reached behind the engine's back. */
  readonly flips: boolean
  /** A new engine without a file. */
  start(): Promise<BlobsFixture>
}

/** A case before it knows its harness. */
export interface BlobsCase {
  readonly name: string
  /** Left out where the harness cannot change stored bytes. */
  readonly flips?: boolean
  check(fixture: BlobsFixture): Promise<void>
}

export function bindCase(harness: BlobsHarness, { name, check }: BlobsCase): ContractCase {
  return {
    name,
    run: async () => {
      await using fixture = await harness.start()
      await check(fixture)
    },
  }
}
