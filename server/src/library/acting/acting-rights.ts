import type { Placed } from '../../boot/compose/artifacts.ts'
import { type Seen, seenBy } from '../../core/access/sees-artifact.ts'
import type { Caller } from '../../core/ledger/caller.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { Permission } from '../../domain/permission.ts'
import { describePrincipal, describeVia, type Principal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Sight } from '../../domain/search.ts'
import type { EmbeddedRights } from '../embedded.ts'
import type { Operation } from './operation-rights.ts'

/** What whoever somebody acts for may do; asked once `ready` has answered. */
export class ActingRights {
  readonly caller: Caller
  readonly #principal: Principal
  readonly #rights: EmbeddedRights
  /** Which repository an error is about, for the log alone. */
  readonly #about = new WeakMap<Error, RepositoryName>()

  constructor(principal: Principal, rights: EmbeddedRights) {
    this.#principal = principal
    this.#rights = rights
    const from = 'from' in principal ? principal.from : undefined
    this.caller = {
      principal,
      requestId: 'library',
      ...(from !== undefined && { address: from }),
      signal: new AbortController().signal,
    }
  }

  get by(): string {
    return describePrincipal(this.#principal)
  }

  get kind(): Principal['kind'] {
    return this.#principal.kind
  }

  /** Rejects with StoreError where rights cannot be read. */
  async ready(): Promise<void> {
    await this.#rights.ready()
  }

  may(permission: Permission, repository: RepositoryName): boolean {
    return this.#rights.may(this.#principal, permission, repository)
  }

  sight(): Sight {
    return this.#rights.sight(this.#principal)
  }

  seen({ artifact, repository }: Placed): Seen {
    return seenBy(this.#principal, artifact, (permission) => this.may(permission, repository))
  }

  readonly lists = (placed: Placed): boolean => this.seen(placed) === 'listed'
  readonly knows = (placed: Placed): boolean => this.seen(placed) !== 'hidden'

  /** @throws RegistryError `unauthenticated`, `denied` */
  require(permission: Permission, repository: RepositoryName, doing: string): void {
    if (this.may(permission, repository)) return
    const error = this.denied(`${doing} ${repository}`, `it takes the right ${permission}`)
    this.#about.set(error, repository)
    throw error
  }

  /** Said as of what is not there. `placed`: it is. */
  unseen(artifact: string, placed: Placed | undefined): RegistryError {
    const error = new RegistryError('artifact-unknown', { artifact }, { isOfRights: placed !== undefined })
    if (placed !== undefined) this.#about.set(error, placed.repository)
    return error
  }

  denied(action: string, reason: string): RegistryError {
    return this.#principal.kind === 'anonymous'
      ? new RegistryError('unauthenticated', { reason: `${action} takes somebody who says who they are` })
      : new RegistryError('denied', { action, reason })
  }

  /** Runs an operation, and writes down if they may not do it. */
  async noting<T>(operation: Operation | 'search', target: string, work: () => Promise<T>): Promise<T> {
    try {
      await this.ready()
      return await work()
    } catch (error) {
      if (isRegistryError(error) && isOfRights(error))
        this.#rights.refused({
          by: this.by,
          via: describeVia(this.#principal),
          address: this.caller.address ?? '',
          action: `library.${operation}`,
          repository: this.#about.get(error) ?? '',
          target,
          code: error.code,
          requestId: this.caller.requestId,
        })
      throw error
    }
  }
}

const isOfRights = ({ code, isOfRights: hidden }: RegistryError): boolean =>
  hidden || code === 'denied' || code === 'unauthenticated'
