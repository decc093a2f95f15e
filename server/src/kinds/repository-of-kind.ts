import type { Namespace, RepositoryName } from '../domain/repository-name.ts'
import { parseRepositoryName } from '../domain/repository-name.ts'
import { isArtifactKind, kindsWithoutPrefix } from '../domain/reserved-names.ts'

/**
 * Where the versions of an artifact are: `<kind>/<namespace>/<slug>`, and without the kind what OCI clients push without
 * one. @throws RegistryError `name-invalid`
 */
export function repositoryOfKind(kind: string, namespace: Namespace, slug: string): RepositoryName {
  if (kindsWithoutPrefix.has(kind)) return parseRepositoryName(`${namespace}/${slug}`)
  // Its name would be read as a namespace.
  if (!isArtifactKind(kind)) throw new Error(`the kind ${kind} was not reserved before it was used`)
  return parseRepositoryName(`${kind}/${namespace}/${slug}`)
}
