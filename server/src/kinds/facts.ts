import { isJsonObject, type JsonObject, memberOf } from '../domain/strict-json.ts'
import type { Dependency, Problem } from './kind.ts'
import { readReference } from './reference.ts'
import { type Place, pointerTo } from './shared/place.ts'

/** Members whose texts name other artifacts, with what that means. */
export type Needs = Readonly<Record<string, string>>

interface Mention {
  readonly relation: string
  readonly text: string
  readonly place: Place
}

/** A text, or a list of texts. */
function* mentions(document: JsonObject, needs: Needs): Generator<Mention> {
  for (const [member, relation] of Object.entries(needs)) {
    const value = memberOf(document, member)
    const place: Place = { within: undefined, step: member }
    if (typeof value === 'string') yield { relation, text: value, place }
    if (!Array.isArray(value)) continue
    for (const [index, text] of value.entries()) {
      if (typeof text === 'string') yield { relation, text, place: { within: place, step: index } }
    }
  }
}

/** What is no name of another artifact, and what one member names twice. */
export function referenceProblems(document: JsonObject, needs: Needs): readonly Problem[] {
  const seen = new Set<string>()
  return [...mentions(document, needs)].flatMap(({ text, place }) => {
    const named = readReference(text)
    if (typeof named === 'string') return [{ path: pointerTo(place), reason: named }]
    const within = place?.within === undefined ? place : place.within
    const key = `${pointerTo(within)} ${named.target}`
    if (seen.has(key)) return [{ path: pointerTo(place), reason: `${named.target} is there twice` }]
    seen.add(key)
    return []
  })
}

export function documentDependencies(document: JsonObject, needs: Needs): readonly Dependency[] {
  return [...mentions(document, needs)].flatMap(({ relation, text }) => {
    const named = readReference(text)
    return typeof named === 'string' ? [] : [{ relation, ...named }]
  })
}

/** Each once by relation and target, the first with a range before those that say none. At most `limit`. */
export function distinct(dependencies: Iterable<Dependency>, limit: number): readonly Dependency[] {
  const found = new Map<string, Dependency>()
  for (const dependency of dependencies) {
    const key = `${dependency.relation} ${dependency.target}`
    const before = found.get(key)
    if (before === undefined ? found.size < limit : before.range === '' && dependency.range !== '')
      found.set(key, dependency)
  }
  return [...found.values()]
}

export const mostTexts = 200
export const longestText = 1_000
export const mostTopics = 50
export const longestTopic = 100

/** What a person could have searched for: no keys, no numbers, in the order of the document. */
export function textsIn(value: unknown): readonly string[] {
  const texts: string[] = []
  const waiting: Iterator<unknown>[] = [[value].values()]
  for (let top = waiting.at(-1); top !== undefined && texts.length < mostTexts; top = waiting.at(-1)) {
    const { done, value: next } = top.next()
    if (done === true) waiting.pop()
    else if (typeof next === 'string') texts.push(next.slice(0, longestText).toWellFormed())
    else if (Array.isArray(next)) waiting.push(next.values())
    else if (isJsonObject(next)) waiting.push(Object.values(next).values())
  }
  return texts
}

/** Words of a member that is a text or a list of texts, each once; what is too long for a topic is none. */
export function topicsIn(document: JsonObject, members: readonly string[]): readonly string[] {
  const words = members.flatMap((member) => memberOf(document, member))
  return asTopics(words)
}

export function asTopics(words: Iterable<unknown>): readonly string[] {
  const topics = new Set<string>()
  for (const word of words) {
    if (topics.size >= mostTopics) break
    if (typeof word !== 'string' || word.length > longestTopic) continue
    const topic = word.trim()
    if (topic !== '' && topic.isWellFormed()) topics.add(topic)
  }
  return [...topics]
}
