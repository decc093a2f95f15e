import { isJsonObject, type JsonObject } from '../../../domain/strict-json.ts'
import type { Problem } from '../../kind.ts'
import { cut, type Place, pointerTo } from '../place.ts'
import { heldBy, keywords, type Schema } from './keywords.ts'

export const mostSchemas = 10_000

/** A schema with where it stands. */
export interface SchemaPlace {
  readonly schema: Schema
  readonly place: Place
}

export interface ReadSchema {
  /** At most as many as were asked for. */
  readonly problems: readonly Problem[]
  /** All that are of the right shape, outer ones first. */
  readonly schemas: readonly SchemaPlace[]
}

/** Whether something is a JSON Schema, by the shape of all its keywords. Asks nobody for what it refers to elsewhere. */
export function readSchema(given: unknown, limit: number, at?: Place): ReadSchema {
  const problems: Problem[] = []
  const schemas: SchemaPlace[] = []
  if (typeof given !== 'boolean' && !isJsonObject(given)) {
    return {
      problems: [{ path: pointerTo(at), reason: 'it is no schema: an object, true or false' }],
      schemas,
    }
  }
  const waiting: SchemaPlace[] = [{ schema: given, place: at }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { schema, place } = next
    if (schemas.push(next) > mostSchemas) {
      problems.push({ path: pointerTo(at), reason: `it has more than ${mostSchemas} schemas within it` })
      return { problems, schemas }
    }
    if (typeof schema === 'boolean') continue
    const wrong = wrongKeywords(schema, place)
    problems.push(...wrong)
    if (problems.length >= limit) return { problems: problems.slice(0, limit), schemas }
    if (wrong.length > 0) continue
    for (const { schema: inner, keyword, member } of heldBy(schema)) {
      const within: Place = { within: place, step: keyword }
      waiting.push({ schema: inner, place: member === undefined ? within : { within, step: member } })
    }
  }
  return { problems, schemas }
}

function wrongKeywords(schema: JsonObject, place: Place): readonly Problem[] {
  return Object.entries(schema).flatMap(([name, value]) => {
    const keyword = keywords.get(name)
    if (keyword === undefined || keyword.fits(value)) return []
    return [{ path: pointerTo({ within: place, step: name }), reason: `it wants ${cut(keyword.wants, 200)}` }]
  })
}

/**
 * What a reference to a place of the same document names: `#`, or `#` and a JSON pointer (RFC 6901, section 6). undefined:
 * it names another document, or no member.
 */
export function resolveLocal(root: unknown, reference: string): { readonly value: unknown } | undefined {
  if (!reference.startsWith('#')) return undefined
  const pointer = decoded(reference.slice(1))
  if (pointer === '') return { value: root }
  if (pointer?.startsWith('/') !== true) return undefined
  let value = root
  for (const step of pointer.slice(1).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return { value }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
