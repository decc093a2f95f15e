import type { Permission, Target } from '../../domain/permission.ts'
import { artifactNameOf, kindOf, namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'

/** Any of these is enough. */
export type Needed = Permission | readonly Permission[]

export function targetOf(repository: RepositoryName): Target {
  return { namespace: namespaceOf(repository), kind: kindOf(repository), name: artifactNameOf(repository) }
}
