import { RegistryError } from '../domain/error.ts'
import { whyNotKindName } from '../domain/kind-name.ts'
import { isJsonObject, type JsonObject } from '../domain/strict-json.ts'
import { defineKind, fileOf } from './define-kind.ts'
import type { Needs } from './facts.ts'
import type { Kind, Problem } from './kind.ts'
import { cut, shown } from './shared/place.ts'
import { whatIsNoSchema } from './shared/schema/any-schema.ts'
import { compileSchema, longestCheck } from './shared/schema/compile-schema.ts'
import { loadTypeBox } from './shared/schema/load-typebox.ts'
import { schemaProblems, whyTooMuch } from './shared/schema/schema-problems.ts'

/** A kind that somebody describes by a JSON Schema, without code. */
export interface UserKind {
  readonly name: string
  readonly about: string
  /** JSON Schema of the document, 2020-12 unless its `$schema` says otherwise. */
  readonly schema: unknown
  /** Of the file that a source is pulled as, without the dot. */
  readonly extension?: string
  /** Members of the document that name other artifacts, with what that means. */
  readonly needs?: Needs
}

/** What is told of one schema at a time. */
const toldProblems = 5

/** Rejects with RegistryError `parameter-invalid`: the name is taken or is none, or the schema is none that can be used. */
export async function defineUserKind(given: UserKind): Promise<Kind> {
  const { name, about, schema, extension = 'txt', needs = {} } = given
  const reason = whyNotKindName(name)
  if (reason !== undefined) throw invalid(name, reason)
  if (!/^[a-z0-9]{1,10}$/i.test(extension))
    throw invalid(name, `its extension is one to ten letters and digits, such as md, not ${shown(extension)}`)
  if (!isJsonObject(schema)) throw invalid(name, 'its schema is no JSON object')
  const tooMuch = whyTooMuch(schema)
  if (tooMuch !== undefined) throw invalid(name, `its schema cannot be used: ${tooMuch}`)
  // What was read is what is used, whatever becomes of what was given.
  const own = structuredClone(schema)
  const problems = await whyUnusable(own)
  if (problems.length > 0) throw invalid(name, `its schema cannot be used: ${problems.map(told).join('; ')}`)
  return defineKind({ name, about, schema: () => own, fileName: fileOf(extension), needs, longestCheck })
}

async function whyUnusable(schema: JsonObject): Promise<readonly Problem[]> {
  const findProblems = await whatIsNoSchema()
  const problems = findProblems(schema, toldProblems)
  if (problems.length > 0) return problems
  const unusable = schemaProblems(schema).take(toldProblems).toArray()
  // What nobody foresaw is better known at the start than when the first document comes.
  if (unusable.length === 0) compileSchema(await loadTypeBox(), schema)
  return unusable
}

function told({ path, reason }: Problem): string {
  return path === '' ? reason : `${path}: ${reason}`
}

function invalid(name: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter: `kind ${cut(name, 80)}`, reason })
}
