import { RegistryError as CoreError } from '../domain/error.ts'
import { type RegistryError, registryErrorOf, ValidationError } from './errors.ts'

/** Fields of the core that are called otherwise here. */
const names: ReadonlyMap<string, string> = new Map([
  ['topics', 'tags'],
  ['custom', 'metadata'],
  ['source', 'sourceCode'],
  ['organization', 'orgId'],
  ['deprecated', 'message'],
  ['yanked', 'message'],
])

/** What the caller hears, in the words of the flat shape. */
export function flatErrorOf(error: unknown): RegistryError {
  if (!(error instanceof CoreError)) return registryErrorOf(error)
  const { field: named, reason } = error.data as { readonly field?: string; readonly reason?: string }
  const field = fieldOf(error.code, named)
  if (field === undefined || reason === undefined) return registryErrorOf(error)
  return new ValidationError(`invalid ${field}: ${reason}`, { field, cause: error })
}

function fieldOf(code: string, named: string | undefined): string | undefined {
  switch (code) {
    case 'artifact-invalid':
      return named && flatField(named)
    // A path is too long, of which only this part is anybody's to choose: `orgId` was looked at before.
    case 'name-invalid':
      return 'slug'
    case 'tag-invalid':
      return 'version'
    default:
      return undefined
  }
}

function flatField(named: string): string {
  const [first = '', ...rest] = named.split('/')
  if (first === 'files') return 'ast'
  const path = rest.map((part) => (/^[0-9]+$/.test(part) ? `[${part}]` : `.${part}`)).join('')
  return `${names.get(first) ?? first}${path}`
}
