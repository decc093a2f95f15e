import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { isJsonObject, type JsonObject } from '../domain/strict-json.ts'
import type { Dependency, Install, InstallTarget, Kind, Problem } from './kind.ts'

/** What a kind is made from: all that is left out is what most kinds have. */
export interface KindDefinition {
  readonly name: string
  readonly about: string
  /** Of the kind's own part of the document; without one there is no such part. */
  readonly schema?: TSchema | JsonObject
  /** Without the dot. */
  readonly extension: string
  readonly sourceType?: string
  /** What the schema cannot say; the document is as the schema wants it. */
  readonly checks?: (document: JsonObject) => readonly Problem[]
  /** Members of the document whose texts name what a version needs, with what they mean. */
  readonly needs?: Readonly<Record<string, string>>
  readonly install?: (target: InstallTarget) => readonly Install[]
}

const defaultSourceType = 'application/vnd.lading.source.v1'

/** Schemas are compiled when the first document of their kind comes: most registries have few kinds. */
export function defineKind(definition: KindDefinition): Kind {
  const { name, about, schema, extension, sourceType = defaultSourceType, needs = {} } = definition
  let compiled: ReturnType<typeof Compile> | undefined
  return {
    name,
    about,
    schema,
    sourceType,
    fileName: (slug) => `${slug.replaceAll('/', '-')}.${extension}`,
    check(document, _source, limit) {
      if (document === undefined) return []
      if (schema === undefined) return [{ path: '', reason: `a ${name} has no document of its own` }]
      compiled ??= Compile(schema as TSchema)
      if (!compiled.Check(document)) {
        return compiled
          .Errors(document)
          .slice(0, limit)
          .map(({ instancePath, message }) => ({ path: instancePath, reason: message }))
      }
      return isJsonObject(document) ? (definition.checks?.(document) ?? []).slice(0, limit) : []
    },
    facts: (document) => ({
      dependencies: isJsonObject(document) ? dependenciesIn(document, needs) : [],
      topics: [],
      text: textsIn(document),
    }),
    install: definition.install ?? ((target) => pulls(name, target)),
  }
}

/** What any OCI client does. */
function pulls(kind: string, { host, namespace, slug, version }: InstallTarget): readonly Install[] {
  return [{ what: 'oras', with: `oras pull ${host}/${kind}/${namespace}/${slug}:${version}` }]
}

function dependenciesIn(
  document: JsonObject,
  needs: Readonly<Record<string, string>>,
): readonly Dependency[] {
  const found = new Map<string, Dependency>()
  for (const [member, relation] of Object.entries(needs)) {
    const value = Object.hasOwn(document, member) ? document[member] : undefined
    for (const named of Array.isArray(value) ? value : [value]) {
      const dependency = typeof named === 'string' ? dependencyOf(relation, named) : undefined
      if (dependency !== undefined) found.set(`${relation} ${dependency.target}`, dependency)
    }
  }
  return [...found.values()]
}

/** `name@range`, where the name may have an @ at its start. */
function dependencyOf(relation: string, text: string): Dependency | undefined {
  const at = text.indexOf('@', 1)
  const [target, range] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  return target.trim() === '' ? undefined : { relation, target: target.trim(), range: range.trim() }
}

const mostTexts = 200

/** What a person could have searched for: not keys, not numbers. */
function textsIn(value: unknown): readonly string[] {
  const texts: string[] = []
  const waiting: unknown[] = [value]
  while (waiting.length > 0 && texts.length < mostTexts) {
    const next = waiting.pop()
    if (typeof next === 'string') texts.push(next)
    else if (typeof next === 'object' && next !== null) waiting.push(...Object.values(next))
  }
  return texts
}
