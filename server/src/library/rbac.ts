import { seenBy } from '../core/access/sees-artifact.ts'
import { isPermission, type Permission } from '../domain/permission.ts'
import type { Backend } from './backend-types.ts'
import { type Embedded, type EmbeddedBackend, embedded, embeddedBackend } from './embedded.ts'
import { flatErrorOf } from './flat-errors.ts'
import { invalid } from './read/given.ts'

/**
 * What roles hold and who may do what, by the rights that are in the records of a backend and in its options: the same by
 * which a server over the same records decides. Throws UnavailableError while the backend is not connected.
 */
export class RBAC {
  readonly #backend: EmbeddedBackend

  /** @param backend one of Lading's own. @throws ValidationError */
  constructor(backend: Backend) {
    this.#backend = embeddedBackend(backend)
  }

  /** Of a role that is built in, or one of the registry's own; false where there is none of that name. @throws ValidationError */
  async hasPermission(role: string, permission: Permission): Promise<boolean> {
    const wanted = permissionIn(permission)
    return await this.#asking(async ({ rights }) => {
      await rights.ready()
      return rights.permissionsOf(role)?.has(wanted) === true
    })
  }

  /**
   * Whether a user may do that with an artifact. False too where there is no such user, or no such artifact: nobody is told
   * which. @throws ValidationError: there is no such permission
   */
  async checkAccess(userId: string, artifactId: string, permission: Permission): Promise<boolean> {
    const wanted = permissionIn(permission)
    if (!canBeName(userId) || !canBeName(artifactId)) return false
    return await this.#asking(async ({ rights, artifacts }) => {
      await rights.ready()
      const [isKnown, [placed]] = await Promise.all([rights.isUser(userId), artifacts.placed([artifactId])])
      if (!isKnown || placed === undefined) return false
      const user = { kind: 'user', name: userId } as const
      const may = (one: Permission): boolean => rights.may(user, one, placed.repository)
      return may(wanted) && seenBy(user, placed.artifact, may) !== 'hidden'
    })
  }

  async #asking<T>(work: (face: Embedded) => Promise<T>): Promise<T> {
    try {
      return await this.#backend[embedded]().during(work)
    } catch (error) {
      throw flatErrorOf(error)
    }
  }
}

/** Names and ids have no more characters. */
const longestName = 255

/** No store is asked for what none can hold. */
function canBeName(given: unknown): boolean {
  return (
    typeof given === 'string' && given.length <= longestName && !given.includes('\0') && given.isWellFormed()
  )
}

/** Programs without types give anything. */
function permissionIn(given: unknown): Permission {
  if (typeof given === 'string' && isPermission(given)) return given
  throw invalid('permission', 'there is none of that name')
}
