import { isJsonObject } from '../../domain/strict-json.ts'
import type { Problem } from '../kind.ts'
import { type Builder, closed, type DocumentSchema, listOf, name, text } from '../schemas.ts'
import { shown } from './place.ts'

/** What a function is called with. */
export function parameterList(t: Builder): DocumentSchema {
  const parameter = {
    name: name(t),
    type: text(t),
    optional: t.Boolean(),
    rest: t.Boolean(),
    default: t.Unknown(),
    about: text(t),
  }
  return listOf(t, closed(t, parameter, ['name']))
}

/** What no caller could write. */
export function parameterProblems(parameters: unknown, path: string): readonly Problem[] {
  if (!Array.isArray(parameters)) return []
  const seen = new Set<unknown>()
  let optional = false
  return parameters.filter(isJsonObject).flatMap((parameter, index) => {
    const problems: Problem[] = []
    const at = `${path}/${index}`
    const mayBeLeftOut = parameter['optional'] === true || Object.hasOwn(parameter, 'default')
    if (seen.has(parameter['name']))
      problems.push({ path: `${at}/name`, reason: `${shown(parameter['name'])} is there twice` })
    seen.add(parameter['name'])
    if (parameter['rest'] === true && index < parameters.length - 1)
      problems.push({ path: `${at}/rest`, reason: 'it takes all the rest, so it comes last' })
    if (optional && !mayBeLeftOut && parameter['rest'] !== true)
      problems.push({ path: at, reason: 'it is needed, and follows one that may be left out' })
    optional ||= mayBeLeftOut
    return problems
  })
}
