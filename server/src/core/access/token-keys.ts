import { longestTokenLifetime } from '../../domain/token-times.ts'
import type { SigningKey, TokenSigner, VerifyingKey } from '../../ports/identity/token-signer.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'
import type { KeptAnswers, NamedReads } from './kept-answers.ts'

/** One row holds them all, so that of two processes that make the first key, or the next, one wins. */
export const tokenKeysName = 'token-keys'

const keptBytes = 1_000
const seedBytes = 32

export interface TokenKeyParts {
  readonly core: Pick<Core, 'store' | 'ledger' | 'clock' | 'random'>
  /** Near: secrets are told to nobody else's memory. */
  readonly cache: KeptAnswers
  readonly signer: Pick<TokenSigner, 'keyOf'>
  /** A key signs for so long, ms. */
  readonly rotation: number
}

interface DatedKey {
  readonly key: SigningKey
  readonly createdAt: number
}

/** The registry's keys, the same in all of its processes. Made when the first token is. */
export class TokenKeys {
  readonly #parts: TokenKeyParts

  constructor(parts: TokenKeyParts) {
    this.#parts = parts
  }

  /** What is signed with now. Takes a new key where the last one has signed for long enough. */
  async signing(): Promise<SigningKey> {
    const last = (await this.#kept()).at(-1)
    if (last !== undefined && !this.#isOver(last)) return last.key
    const made = await this.#renew()
    // From what is kept, so that the same key is the same object each time.
    return (await this.#kept([made.id])).find(({ key }) => key.id === made.id)?.key ?? made
  }

  /** Those that a token may still be signed by. `wanted`: where it is not among them, they are read anew. */
  async verifying(wanted?: string): Promise<readonly VerifyingKey[]> {
    const now = this.#parts.core.clock.now()
    const known = await this.#kept(wanted === undefined ? [] : [wanted])
    return known.filter((_, at) => isKnown(known, at, now)).map(({ key }) => key)
  }

  async #kept(wanted: readonly string[] = []): Promise<readonly DatedKey[]> {
    return await this.#parts.cache.load(
      'token-keys',
      async (reads) => ({ value: await this.#read(reads), bytes: keptBytes }),
      // Another process may have made one within the last second, of which this one has not heard.
      (kept) => wanted.every((id) => kept.some(({ key }) => key.id === id)),
    )
  }

  async #read(reads: NamedReads): Promise<readonly DatedKey[]> {
    reads.row(secrets, [tokenKeysName])
    const row = await this.#parts.core.store.get(secrets, [tokenKeysName])
    return row === undefined ? [] : await this.#parse(row.bytes)
  }

  async #parse(bytes: Uint8Array): Promise<readonly DatedKey[]> {
    const written = JSON.parse(Buffer.from(bytes).toString('utf8')) as readonly WrittenKey[]
    return await Promise.all(
      written.map(async ({ seed, createdAt }) => ({
        key: await this.#parts.signer.keyOf(new Uint8Array(Buffer.from(seed, 'base64url'))),
        createdAt,
      })),
    )
  }

  #isOver({ createdAt }: DatedKey): boolean {
    return createdAt + this.#parts.rotation <= this.#parts.core.clock.now()
  }

  async #renew(): Promise<SigningKey> {
    const { core, signer } = this.#parts
    const own = { key: await signer.keyOf(core.random.bytes(seedBytes)), createdAt: core.clock.now() }
    return await core.ledger.keep(async () => {
      const row = await core.store.get(secrets, [tokenKeysName])
      const known = row === undefined ? [] : await this.#parse(row.bytes)
      const last = known.at(-1)
      // Somebody else was first.
      if (last !== undefined && !this.#isOver(last)) return { value: last.key, changes: [] }
      const kept = [...known, own].filter((_, at, all) => isKnown(all, at, own.createdAt))
      const next = { name: tokenKeysName, bytes: written(kept) }
      const change = row === undefined ? insert(secrets, next) : put(secrets, next, row.rev)
      return { value: own.key, changes: [change] }
    })
  }
}

interface WrittenKey {
  readonly seed: string
  readonly createdAt: number
}

function written(keys: readonly DatedKey[]): Uint8Array {
  const rows = keys.map(
    ({ key, createdAt }): WrittenKey => ({
      seed: Buffer.from(key.seed).toString('base64url'),
      createdAt,
    }),
  )
  return new Uint8Array(Buffer.from(JSON.stringify(rows)))
}

/** Twice the longest life of a token after the next key came: who has not heard of that one signs for a moment more. */
function isKnown(keys: readonly DatedKey[], at: number, now: number): boolean {
  const next = keys[at + 1]
  return next === undefined || now < next.createdAt + 2 * longestTokenLifetime
}
