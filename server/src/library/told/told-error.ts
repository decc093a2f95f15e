import { RegistryError as CoreError } from '../../domain/error.ts'
import { type RegistryError, registryErrorOf, ValidationError } from '../errors.ts'

/** Fields of the core that are another one's here, or stand in `metadata`. */
const metadataFields: ReadonlyMap<string, string> = new Map([
  ['topics', 'tags'],
  ...[
    'name',
    'slug',
    'description',
    'author',
    'authorEmail',
    'organization',
    'license',
    'repository',
    'homepage',
    'skills',
    'keywords',
    'custom',
  ].map((name): [string, string] => [name, name]),
])

/** What the caller hears, in the words of what was given. `version`: where in it a version was named. */
export function toldError(
  error: unknown,
  version: 'version' | 'metadata.version' = 'version',
): RegistryError {
  if (!(error instanceof CoreError)) return registryErrorOf(error)
  switch (error.code) {
    case 'artifact-invalid': {
      const { field, reason } = error.data as { readonly field: string; readonly reason: string }
      const told = toldField(field, version)
      return new ValidationError(`invalid ${told}: ${reason}`, { field: told, cause: error })
    }
    case 'name-invalid': {
      const { reason } = error.data as { readonly reason: string }
      const field = 'metadata.slug'
      return new ValidationError(`invalid ${field}: with kind and organization before it, ${reason}`, {
        field,
        cause: error,
      })
    }
    case 'tag-invalid': {
      const { reason } = error.data as { readonly reason: string }
      return new ValidationError(`invalid ${version}: ${reason}`, { field: version, cause: error })
    }
    default:
      return registryErrorOf(error)
  }
}

function toldField(field: string, version: string): string {
  const [first = '', ...rest] = field.split('/')
  if (first === 'version') return version
  const known = metadataFields.get(first)
  const path = rest.map((part) => (/^[0-9]+$/.test(part) ? `[${part}]` : `.${part}`)).join('')
  return `${known === undefined ? first : `metadata.${known}`}${path}`
}
