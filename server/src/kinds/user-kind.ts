import { RegistryError } from '../domain/error.ts'
import { whyNotKindName } from '../domain/kind-name.ts'
import { isJsonObject, type JsonObject } from '../domain/strict-json.ts'
import { defineKind, fileOf } from './define-kind.ts'
import type { Needs } from './facts.ts'
import type { Kind, Problem } from './kind.ts'
import { cut, shown } from './shared/place.ts'
import { type Checking, loadChecking } from './shared/schema/load-checking.ts'

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
  const problems = whyUnusable(await loadChecking(), schema)
  if (problems.length > 0) throw invalid(name, `its schema cannot be used: ${problems.map(told).join('; ')}`)
  // What was read is what is used, whatever becomes of what was given.
  const own = structuredClone(schema)
  return defineKind({ name, about, schema: () => own, fileName: fileOf(extension), needs, isForeign: true })
}

function whyUnusable(checking: Checking, schema: JsonObject): readonly Problem[] {
  const { compileSchema, problemsAsSchema, schemaProblems, whyTooMuch } = checking
  const tooMuch = whyTooMuch(schema)
  if (tooMuch !== undefined) return [{ path: '', reason: tooMuch }]
  const problems = problemsAsSchema(schema, toldProblems)
  if (problems.length > 0) return problems
  const unusable = schemaProblems(schema).take(toldProblems).toArray()
  // What nobody foresaw is better known at the start than when the first document comes.
  if (unusable.length === 0) compileSchema(schema)
  return unusable
}

function told({ path, reason }: Problem): string {
  return path === '' ? reason : `${path}: ${reason}`
}

function invalid(name: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter: `kind ${cut(name, 80)}`, reason })
}
