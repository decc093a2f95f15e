import { longestKindName, whyNotKindName } from '../domain/kind-name.ts'
import type { KindSetting } from './config.ts'
import { path } from './place-types.ts'
import { isRecord, partOf, readFields } from './read-fields.ts'
import { type Reading, type SettingType, shown } from './setting-type.ts'

const mostKinds = 50
const mostNeeds = 20
const longestAbout = 200
const extensionForm = /^[A-Za-z0-9]{1,10}$/
const relationForm = /^[a-z][a-z-]{0,39}$/

export const kinds: SettingType<readonly KindSetting[]> = {
  wanted: `a list of at most ${mostKinds} kinds, each { name, schema, about, extension, needs }, such as [{ name: recipe, schema: ./recipe.schema.json }]`,
  structured: true,
  read(raw, { base, complain }) {
    if (!Array.isArray(raw) || raw.length > mostKinds)
      return complain(`wants ${kinds.wanted}, not ${shown(raw)}`)
    const read: KindSetting[] = []
    const seen = new Set<string>()
    for (const [index, entry] of raw.entries()) {
      const within = partOf({ base, complain }, [index])
      const kind = readKind(entry, within)
      if (kind === undefined) continue
      if (seen.has(kind.name)) within.complain(`names the kind ${kind.name} a second time`, ['name'])
      seen.add(kind.name)
      read.push(kind)
    }
    return Object.freeze(read)
  },
  write: (value) => value,
}

function readKind(raw: unknown, reading: Reading): KindSetting | undefined {
  const fields = readFields(raw, ['name', 'schema', 'about', 'extension', 'needs'], reading)
  if (fields === undefined) return undefined
  const name = readName(fields['name'], partOf(reading, ['name']))
  const schema = readSchemaPath(fields['schema'], partOf(reading, ['schema']))
  const about = readAbout(fields['about'], name, partOf(reading, ['about']))
  const extension = readExtension(fields['extension'] ?? 'txt', partOf(reading, ['extension']))
  const needs = readNeeds(fields['needs'] ?? {}, partOf(reading, ['needs']))
  if (name === undefined || schema === undefined) return undefined
  return Object.freeze({ name, schema, about, extension, needs })
}

function readName(raw: unknown, { complain }: Reading): string | undefined {
  const wanted = `wants a word of at most ${longestKindName} of a-z 0-9 and hyphens, such as recipe`
  if (typeof raw !== 'string') return complain(`${wanted}, not ${shown(raw)}`)
  const reason = whyNotKindName(raw)
  return reason === undefined ? raw : complain(`${wanted}, not ${shown(raw)}: ${reason}`)
}

function readSchemaPath(raw: unknown, reading: Reading): string | undefined {
  if (raw !== undefined) return path.read(raw, reading)
  return reading.complain('is missing: it wants the path of a JSON Schema file, such as ./recipe.schema.json')
}

function readAbout(raw: unknown, name: string | undefined, { complain }: Reading): string {
  if (raw === undefined) return `Artifacts of the kind ${name ?? ''}`
  if (typeof raw === 'string' && raw.trim() !== '' && raw.length <= longestAbout) return raw.trim()
  complain(`wants a sentence of at most ${longestAbout} characters, not ${shown(raw)}`)
  return ''
}

function readExtension(raw: unknown, { complain }: Reading): string {
  if (typeof raw === 'string' && extensionForm.test(raw)) return raw
  complain(`wants one to ten letters and digits, such as md, not ${shown(raw)}`)
  return ''
}

function readNeeds(raw: unknown, reading: Reading): Readonly<Record<string, string>> {
  const needs: Record<string, string> = Object.create(null)
  if (!isRecord(raw) || Object.keys(raw).length > mostNeeds) {
    reading.complain(
      `wants at most ${mostNeeds} members of the document with what they mean, such as { ingredients: uses }, not ${shown(raw)}`,
    )
    return needs
  }
  for (const [member, relation] of Object.entries(raw)) {
    if (typeof relation === 'string' && relationForm.test(relation)) needs[member] = relation
    else reading.complain(`wants a word of a-z and hyphens, such as uses, not ${shown(relation)}`, [member])
  }
  // Read again by another thread, where it has a prototype in any case.
  return Object.freeze({ ...needs })
}
