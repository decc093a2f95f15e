import type { Directory } from '../../ports/directory/directory.ts'
import type { Core } from '../ledger/core.ts'
import { claimFile } from './backup-record.ts'
import { readWhole } from './read-whole.ts'

/** Bytes of a claim. */
const claimLimit = 1_024

/**
 * Who writes to a folder that several may reach: whoever said so last. It keeps nobody out, since a claim may be of one
 * that died; it lets the earlier one see that there is another, before it names what the other may have removed.
 */
export class FolderClaim implements AsyncDisposable {
  readonly #core: Core
  readonly #to: Directory
  readonly #mine: string

  private constructor(core: Core, to: Directory) {
    this.#core = core
    this.#to = to
    this.#mine = core.random.uuid()
  }

  static async make(core: Core, to: Directory, signal: AbortSignal): Promise<FolderClaim> {
    const claim = new FolderClaim(core, to)
    const bytes = Buffer.from(claim.#mine)
    const once = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    await to.write(claimFile, bytes.length, once(), signal)
    return claim
  }

  /** Nobody has claimed the folder since. */
  async stands(signal: AbortSignal): Promise<boolean> {
    const found = await readWhole(this.#to, claimFile, claimLimit, signal)
    return found !== undefined && Buffer.from(found).toString() === this.#mine
  }

  /** One that cannot be taken back is harmless: the next one takes its place. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (await this.stands(new AbortController().signal)) await this.#to.remove(claimFile)
    } catch (error) {
      this.#core.telemetry.error('a backup has left its claim in the folder', error, { file: claimFile })
    }
  }
}
