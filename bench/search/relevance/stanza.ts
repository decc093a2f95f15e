import type { Document } from './corpus.ts'

type Fields = Readonly<Record<string, string>>

/** Facets whose own name says what it is about: `game::strategy` is about games. */
const subjects = new Set([
  'accessibility',
  'biology',
  'game',
  'hardware',
  'mail',
  'network',
  'office',
  'privacy',
  'science',
  'security',
  'sound',
  'web',
])
/** How a package is made, not what it is for: a search for what serves C would find whatever is written in C. */
const notTopics = new Set(['implemented-in', 'iso15924', 'made-of', 'special'])
/** Steps of a tag that say nothing by themselves: `devel::lang:python` is about Python. */
const silent = new Set(['TODO', 'lang', 'db'])

export function documentOf(stanza: string): Document | undefined {
  const fields = fieldsOf(stanza)
  const name = fields['Package']
  if (name === undefined) return undefined
  return {
    name,
    description: (fields['Description'] ?? '').replaceAll(/\s+/g, ' ').trim(),
    topics: topicsOf(fields['Tag'] ?? ''),
    category: fields['Section'] ?? '',
    homepage: fields['Homepage'] ?? '',
    author: (fields['Maintainer'] ?? '').replace(/\s*<[^>]*>\s*$/, '').replaceAll(/^"|"$/g, ''),
  }
}

/** deb822 (deb822(5)): a line that begins with a space goes on with the field before it. The first of a name counts. */
function fieldsOf(stanza: string): Fields {
  const fields: Record<string, string> = {}
  let last = ''
  for (const line of stanza.split('\n')) {
    if (/^[ \t]/.test(line)) {
      if (last !== '') fields[last] += `\n${line.trim()}`
      continue
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0))
    last = name in fields ? '' : name
    if (last !== '') fields[last] = line.slice(colon + 1).trim()
  }
  return fields
}

/** The steps of each tag below its facet, and the facet where it is a subject; each once. */
function topicsOf(tags: string): readonly string[] {
  const topics = tags.split(',').flatMap((tag) => {
    const [facet = '', ...steps] = tag.trim().split(/:+/)
    if (notTopics.has(facet)) return []
    const told = steps.filter((step) => !silent.has(step))
    return subjects.has(facet) ? [facet, ...told] : told
  })
  return [...new Set(topics)]
}
