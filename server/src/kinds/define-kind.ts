import { emptyMetadata } from '../domain/artifact.ts'
import { encodeForeignVersion } from '../domain/foreign-name.ts'
import { isJsonObject, type JsonObject } from '../domain/strict-json.ts'
import {
  asTopics,
  distinct,
  documentDependencies,
  mostTexts,
  type Needs,
  referenceProblems,
  textsIn,
  topicsIn,
} from './facts.ts'
import {
  type Dependency,
  defaultMostDependencies,
  type Install,
  type InstallTarget,
  type Kind,
  type KindFacts,
  type Problem,
} from './kind.ts'
import type { Builder, DocumentSchema } from './schemas.ts'
import { noSuchMember } from './shared/no-such-member.ts'
import type { Compiled } from './shared/schema/compile-schema.ts'
import { loadChecking } from './shared/schema/load-checking.ts'

/** What a kind is made from: all that is left out is what most kinds have. */
export interface KindDefinition {
  readonly name: string
  readonly about: string
  /** Of the kind's own part of the document; without one there is no such part. Called once somebody asks for it. */
  readonly schema?: (t: Builder) => DocumentSchema
  /** True for a schema of somebody's own: its checks are stopped where they take too long. */
  readonly isForeign?: boolean
  readonly fileName: (slug: string) => string
  readonly sourceType?: string
  readonly textSource?: boolean
  /** What the schema cannot say; the document is as the schema wants it. */
  readonly checks?: (document: JsonObject, limit: number) => readonly Problem[] | Promise<readonly Problem[]>
  readonly sourceChecks?: (source: string) => readonly Problem[]
  readonly needs?: Needs
  /** Dependencies that stand deeper in the document than members of `needs`. */
  readonly deeperNeeds?: (document: JsonObject) => readonly Dependency[]
  /** Members whose words are topics. */
  readonly topics?: readonly string[]
  readonly sourceFacts?: (source: string) => KindFacts
  readonly install?: (target: InstallTarget) => readonly Install[]
}

const defaultSourceType = 'application/vnd.lading.source.v1'
const nothing: KindFacts = { dependencies: [], topics: [], text: [] }

/** What it is declared by is loaded when the first document of it comes: most registries have few kinds. */
export function defineKind(definition: KindDefinition): Kind {
  const { name, about, fileName, sourceType = defaultSourceType, textSource = true } = definition
  const { needs = {}, checks, sourceChecks } = definition
  const plainSchema = async (): Promise<JsonObject | undefined> => {
    if (definition.schema === undefined) return undefined
    const { Type } = await loadChecking()
    // Without what TypeBox has noted in it for itself.
    return JSON.parse(JSON.stringify(definition.schema(Type))) as JsonObject
  }
  const compiledSchema = async (): Promise<Compiled | undefined> => {
    const schema = await plainSchema()
    if (schema === undefined) return undefined
    const { compileSchema, longestCheck } = await loadChecking()
    return compileSchema(schema, definition.isForeign === true ? longestCheck : undefined)
  }
  let compiled: Compiled | undefined

  const documentProblems = async (document: unknown, limit: number): Promise<readonly Problem[]> => {
    if (document === undefined) return []
    compiled ??= await compiledSchema()
    if (compiled === undefined) return [{ path: '', reason: `a ${name} has no document of its own` }]
    const wrong = compiled(document, limit)
    if (wrong.length > 0 || !isJsonObject(document)) return wrong.map(tellingMisplaced)
    return [...referenceProblems(document, needs), ...((await checks?.(document, limit)) ?? [])]
  }

  return {
    name,
    about,
    schema: plainSchema,
    sourceType,
    textSource,
    fileName,
    async check(document, source, limit) {
      const problems = [...(await documentProblems(document, limit)), ...(sourceChecks?.(source) ?? [])]
      return problems.slice(0, Math.max(1, limit))
    },
    facts(document, source, mostDependencies = defaultMostDependencies) {
      const said = isJsonObject(document) ? document : {}
      const inSource = definition.sourceFacts?.(source) ?? nothing
      return {
        dependencies: distinct(
          [
            ...documentDependencies(said, needs),
            ...(definition.deeperNeeds?.(said) ?? []),
            ...inSource.dependencies,
          ],
          mostDependencies,
        ),
        topics: asTopics([...topicsIn(said, definition.topics ?? []), ...inSource.topics]),
        text: [...textsIn(document), ...inSource.text].slice(0, mostTexts),
      }
    },
    install: definition.install ?? pulls,
  }
}

const ofTheArtifact: ReadonlySet<string> = new Set(
  [...Object.keys(emptyMetadata), 'title', 'version', 'slug', 'namespace', 'kind'].map(
    (field) => `/${field}`,
  ),
)

/** What every artifact has is no part of its document, and easily looked for there. */
function tellingMisplaced(problem: Problem): Problem {
  if (!problem.reason.startsWith(noSuchMember) || !ofTheArtifact.has(problem.path)) return problem
  return { ...problem, reason: 'it is said of the artifact itself, beside its document' }
}

/** A file of one kind's own, as it is called where nobody renames it. */
export function fileOf(extension: string): (slug: string) => string {
  return (slug) => `${slug.replaceAll('/', '-')}.${extension}`
}

/** What any OCI client does. */
function pulls({ host, repository, version }: InstallTarget): readonly Install[] {
  return [{ what: 'oras', with: `oras pull ${host}/${repository}:${encodeForeignVersion(version)}` }]
}
