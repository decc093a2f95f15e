import { type ArtifactMetadata, emptyMetadata, proficiencies, type SkillUse } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import { isJsonObject, type JsonObject } from '../../domain/strict-json.ts'
import type { Core } from '../ledger/core.ts'

type MetadataLimits = Pick<
  Core['limits'],
  'titleLength' | 'textLength' | 'termLength' | 'termsPerArtifact' | 'customBytes' | 'customDepth'
>

/** What others gave as metadata: of the right types only where somebody's compiler has seen to it. */
export type GivenMetadata = { readonly [Name in keyof ArtifactMetadata]?: unknown }

const texts = [
  'author',
  'authorEmail',
  'organization',
  'license',
  'repository',
  'homepage',
  'language',
  'category',
  'platformVersion',
] as const
/** Of those, what lists are ordered or filtered by. */
const keyed: readonly string[] = ['author', 'organization']
const lists = ['capabilities', 'topics', 'keywords'] as const

/**
 * Metadata as it is kept: whole, each term once, blanks around words gone.
 * @throws RegistryError `artifact-invalid`, with the field and the limit
 */
export function checkMetadata(given: GivenMetadata, limits: MetadataLimits): ArtifactMetadata {
  const name = checkKeyText(given.name, 'name', limits.titleLength)
  if (name === '') throw invalid('name', 'it is needed, and not empty')
  const metadata: { -readonly [Name in keyof ArtifactMetadata]: ArtifactMetadata[Name] } = {
    ...emptyMetadata,
    name,
    description: checkText(given.description, 'description', limits.textLength),
    skills: skillsIn(given.skills, limits),
    custom: customIn(given.custom, limits),
  }
  for (const field of texts) {
    const check = keyed.includes(field) ? checkKeyText : checkText
    metadata[field] = check(given[field], field, limits.titleLength)
  }
  for (const field of lists) metadata[field] = termsIn(given[field], field, limits)
  return metadata
}

/** One text, without blanks around it. @throws RegistryError `artifact-invalid` */
export function checkText(value: unknown, field: string, most: number): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw invalid(field, 'it is not text')
  // Before anything that takes time with its length.
  if (value.length > most) throw invalid(field, `it is longer than ${most} characters`)
  if (!value.isWellFormed()) throw invalid(field, 'it has half of a character, a lone surrogate')
  if (value.includes('\0')) throw invalid(field, 'it has a NUL')
  return value.trim()
}

/**
 * The most bytes of a text that stands in keys of the store, in its UTF-8: two of them fit into one key with what else stands
 * there (`storeLimits.bytesPerKey`).
 */
export const longestKeyText = 1_200

/** A text that things are ordered, filtered or named by. @throws RegistryError `artifact-invalid` */
export function checkKeyText(value: unknown, field: string, most: number): string {
  const text = checkText(value, field, most)
  if (Buffer.byteLength(text) > longestKeyText)
    throw invalid(field, `it is longer than ${longestKeyText} bytes`)
  return text
}

/** As much of it as `checkText` lets through, in so many UTF-16 units. */
export function cutToText(text: string, most: number): string {
  return text.slice(0, most).toWellFormed().replaceAll('\0', '').trim()
}

/** As much of it as `checkKeyText` lets through. */
export function cutToKey(text: string): string {
  if (Buffer.byteLength(text) <= longestKeyText) return text
  let bytes = 0
  let kept = ''
  for (const char of text) {
    bytes += Buffer.byteLength(char)
    if (bytes > longestKeyText) break
    kept += char
  }
  return kept.trimEnd()
}

function termsIn(value: unknown, field: string, limits: MetadataLimits): readonly string[] {
  const entries = listIn(value, field, limits)
  const terms = entries.map((entry, at) => termIn(entry, `${field}/${at}`, limits))
  return [...new Set(terms)]
}

function termIn(value: unknown, field: string, limits: MetadataLimits): string {
  if (typeof value !== 'string') throw invalid(field, 'it is not text')
  const term = checkKeyText(value, field, limits.termLength)
  if (term === '') throw invalid(field, 'it is empty')
  return term
}

function listIn(value: unknown, field: string, { termsPerArtifact }: MetadataLimits): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw invalid(field, 'it is not a list')
  if (value.length > termsPerArtifact) throw invalid(field, `it has more than ${termsPerArtifact} entries`)
  return value
}

function skillsIn(value: unknown, limits: MetadataLimits): readonly SkillUse[] {
  const skills = new Map<string, SkillUse>()
  for (const [at, entry] of listIn(value, 'skills', limits).entries()) {
    const skill = skillIn(entry, `skills/${at}`, limits)
    if (skills.has(skill.name)) throw invalid(`skills/${at}`, `${skill.name} is there twice`)
    skills.set(skill.name, skill)
  }
  return [...skills.values()]
}

/** A name alone will do. */
function skillIn(value: unknown, field: string, limits: MetadataLimits): SkillUse {
  if (!isJsonObject(value)) return { name: termIn(value, field, limits) }
  const { name, category, proficiency } = value
  const level = proficiencies.find((one) => one === proficiency)
  if (proficiency !== undefined && level === undefined)
    throw invalid(`${field}/proficiency`, `it is none of ${proficiencies.join(', ')}`)
  return {
    name: termIn(name, `${field}/name`, limits),
    ...(category !== undefined && { category: termIn(category, `${field}/category`, limits) }),
    ...(level !== undefined && { proficiency: level }),
  }
}

function customIn(value: unknown, { customBytes, customDepth }: MetadataLimits): JsonObject {
  if (value === undefined || value === null) return {}
  return plainJson(value, 'custom', { bytes: customBytes, depth: customDepth })
}

/**
 * A copy of what JSON can say, and of nothing else.
 * @throws RegistryError `artifact-invalid`
 */
export function plainJson(
  value: unknown,
  field: string,
  limits: { readonly bytes: number; readonly depth: number },
): JsonObject {
  if (!isJsonObject(value)) throw invalid(field, 'it is not an object')
  const room = { left: limits.bytes }
  checkJson(value, field, limits, limits.depth, room)
  return structuredClone(value)
}

/** Depth and size are known before anything recursive of others' is called. */
function checkJson(
  value: unknown,
  field: string,
  limits: { readonly bytes: number; readonly depth: number },
  depth: number,
  room: { left: number },
): void {
  if (depth < 0) throw invalid(field, `it is nested deeper than ${limits.depth}`)
  room.left -= typeof value === 'string' ? value.length + 2 : 8
  if (room.left < 0) throw invalid(field, `it has more than ${limits.bytes} bytes`)
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed() || value.includes('\0'))
        throw invalid(field, 'it has text with a NUL or a lone surrogate')
      return
    case 'number':
      if (!Number.isFinite(value)) throw invalid(field, 'it has a number that JSON does not know')
      return
    case 'boolean':
      return
    case 'object':
      if (value === null) return
      break
    default:
      throw invalid(field, `it has a ${typeof value}, which JSON does not know`)
  }
  if (Array.isArray(value)) {
    for (const one of value) checkJson(one, field, limits, depth - 1, room)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw invalid(field, 'it has an object that is no plain data')
  for (const [name, member] of Object.entries(value)) {
    checkJson(name, field, limits, depth, room)
    checkJson(member, field, limits, depth - 1, room)
  }
}

export function invalid(field: string, reason: string): RegistryError<'artifact-invalid'> {
  return new RegistryError('artifact-invalid', { field, reason })
}
