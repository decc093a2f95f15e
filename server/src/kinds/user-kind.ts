import { RegistryError } from '../domain/error.ts'
import { isRepositorySegment } from '../domain/repository-name.ts'
import { isReservedName } from '../domain/reserved-names.ts'
import { isJsonObject } from '../domain/strict-json.ts'
import { defineKind } from './define-kind.ts'
import type { Kind } from './kind.ts'

/** A kind that somebody describes by a JSON Schema, without code. */
export interface UserKind {
  readonly name: string
  readonly about: string
  /** JSON Schema of the document. */
  readonly schema: unknown
  /** Of the file that a source is pulled as, without the dot. */
  readonly extension?: string
  /** Members of the document that name other artifacts, with what that means. */
  readonly needs?: Readonly<Record<string, string>>
}

const longestName = 40

/** @throws RegistryError `parameter-invalid`: the name is taken or is none, the schema is no object */
export function defineUserKind({ name, about, schema, extension = 'txt', needs = {} }: UserKind): Kind {
  if (isReservedName(name)) throw invalid(name, 'the name is reserved; choose another')
  if (name.length > longestName || !/^[a-z][a-z0-9-]*$/.test(name) || !isRepositorySegment(name))
    throw invalid(name, 'a kind is a word of lower-case letters, digits and hyphens')
  if (!isJsonObject(schema)) throw invalid(name, 'its schema is no JSON object')
  return defineKind({ name, about, schema, extension, needs })
}

function invalid(name: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter: `kind ${name}`, reason })
}
