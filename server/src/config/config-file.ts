import type { Document, YAMLMap } from 'yaml'
import { namingNearest, nearest } from '../domain/nearest.ts'
import type { ConfigKey } from './config.ts'
import { goneSetting } from './gone-setting.ts'
import { loadYaml } from './load-yaml.ts'
import type { Mistake } from './mistake.ts'
import { nestsTooDeep } from './nesting.ts'
import type { ValuePath } from './setting-type.ts'
import { settingKeys } from './settings.ts'

/** Longer than any configuration; keeps a file named in error from being read as one. */
const maxFileLength = 1024 * 1024
/** More than a person reads at a time. */
const maxMistakesOfOneFile = 50

export interface FileValue {
  readonly raw: unknown
  /** `lading.yaml:3`, for the value or a part of it. */
  whereIs(path: ValuePath): string
}

export interface ConfigFile {
  readonly values: ReadonlyMap<ConfigKey, FileValue>
  readonly mistakes: readonly Mistake[]
}

const groups: ReadonlySet<string> = new Set(
  settingKeys.filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))),
)

/** YAML 1.2, of which JSON is a part. `name` stands in messages. Throws nothing. */
export function parseConfigFile(name: string, text: string): ConfigFile {
  if (text.length > maxFileLength) {
    const message = `the file has ${text.length} characters; a configuration has at most ${maxFileLength}`
    return { values: new Map(), mistakes: [{ where: name, message }] }
  }
  if (nestsTooDeep(text)) {
    const message = 'is not YAML or JSON of a configuration: it has too many brackets open at a time'
    return { values: new Map(), mistakes: [{ where: name, message }] }
  }
  try {
    return readDocument(name, text)
  } catch (error) {
    // The parser gives up by throwing where nesting or aliases go too deep.
    const message = `cannot be read as YAML or JSON: ${error instanceof Error ? error.message : String(error)}`
    return { values: new Map(), mistakes: [{ where: name, message }] }
  }
}

function readDocument(name: string, text: string): ConfigFile {
  const { LineCounter, isMap, isScalar, parseDocument } = loadYaml()
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const whereAt = (offset: number): string => `${name}:${Math.max(1, lines.linePos(offset).line)}`
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0) {
    const mistakes = broken
      .slice(0, maxMistakesOfOneFile)
      .map(({ message, pos }) => ({ where: whereAt(pos[0]), message: `is not YAML or JSON: ${message}` }))
    return { values: new Map(), mistakes }
  }
  const values = new Map<ConfigKey, FileValue>()
  const mistakes: Mistake[] = []
  const root = document.contents
  if (isMap(root)) {
    readMap(root, '', { document, whereAt, values, mistakes })
  } else if (root !== null && !(isScalar(root) && root.value === null)) {
    mistakes.push({ where: whereAt(0), message: 'wants settings, such as listen: 127.0.0.1:7070' })
  }
  return { values, mistakes }
}

interface FileReading {
  readonly document: Document
  readonly values: Map<ConfigKey, FileValue>
  readonly mistakes: Mistake[]
  whereAt(offset: number): string
}

function readMap(map: YAMLMap, prefix: string, reading: FileReading): void {
  const { isMap, isScalar } = loadYaml()
  const { document, whereAt, values, mistakes } = reading
  for (const pair of map.items) {
    if (mistakes.length >= maxMistakesOfOneFile) return
    const key = `${prefix}${isScalar(pair.key) ? String(pair.key.value) : String(pair.key)}`
    const where = whereAt(offsetOf(pair.key) ?? 0)
    if (isSettingKey(key)) {
      const node = pair.value
      const raw = isNode(node) ? node.toJS(document) : node
      // A key without a value is a setting left out, as where all of a section is commented away.
      if (raw === null || raw === undefined) continue
      values.set(key, {
        raw,
        whereIs: (path) => whereAt(offsetWithin(node, path) ?? offsetOf(pair.key) ?? 0),
      })
    } else if (prefix === '' && groups.has(key)) {
      if (isMap(pair.value)) readMap(pair.value, `${key}.`, reading)
      else if (!isEmpty(pair.value))
        mistakes.push({ where, message: `${key} wants settings within it, such as ${exampleOf(key)}` })
    } else {
      mistakes.push({
        where,
        message:
          goneSetting(key) ?? `there is no setting ${JSON.stringify(key.slice(0, 80))}${suggestion(key)}`,
      })
    }
  }
}

function isSettingKey(key: string): key is ConfigKey {
  return (settingKeys as readonly string[]).includes(key)
}

function suggestion(key: string): string {
  const near = nearest(key, [...settingKeys, ...groups])
  if (near !== undefined) return `; did you mean ${near}?`
  // The right name in the wrong place.
  const last = key.slice(key.lastIndexOf('.') + 1)
  const place = settingKeys.find((known) => known.slice(known.lastIndexOf('.') + 1) === last)
  return place === undefined ? namingNearest(last, settingKeys) : `; did you mean ${place}?`
}

function exampleOf(group: string): string {
  return settingKeys.find((key) => key.startsWith(`${group}.`)) ?? group
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (loadYaml().isScalar(node) && node.value === null)
}

function isNode(node: unknown): node is { toJS(document: Document): unknown } {
  return typeof node === 'object' && node !== null && 'toJS' in node
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) ? Number(node.range[0]) : undefined
}

/** Of the innermost part of the path that is there: for an entry of a map its key. */
function offsetWithin(start: unknown, path: ValuePath): number | undefined {
  const { isMap, isScalar, isSeq } = loadYaml()
  let node = start
  let offset: number | undefined
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      offset = offsetOf(pair?.key) ?? offset
      node = pair?.value
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
      offset = offsetOf(node) ?? offset
    } else {
      return offset
    }
  }
  return offset
}
