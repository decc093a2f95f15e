import { isJsonObject } from '../domain/strict-json.ts'
import { nestsTooDeep } from './nesting.ts'

/** Larger than any schema that a person wrote, in characters. */
export const longestKindSchema = 1_048_576

/** Why a file is not even a JSON object; whether that is a schema is asked at the start. */
export function whyNotSchemaFile(path: string, readFile: (path: string) => string): string | undefined {
  let text: string
  try {
    text = readFile(path)
  } catch (error) {
    return `cannot be read (${error instanceof Error ? error.message : String(error)})`
  }
  if (text.length > longestKindSchema)
    return `has ${text.length} characters; a schema has at most ${longestKindSchema}`
  if (nestsTooDeep(text)) return 'has too many brackets open at a time'
  try {
    return isJsonObject(JSON.parse(text)) ? undefined : 'is no JSON object, as a schema is'
  } catch (error) {
    return `is no JSON (${error instanceof Error ? error.message : String(error)})`
  }
}
