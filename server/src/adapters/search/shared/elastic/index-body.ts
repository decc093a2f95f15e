import { type SearchField, searchFacets, searchFields, searchNumbers } from '../../../../domain/search.ts'
import { fieldShape, lengthMatters, saturation } from '../../../../domain/search-score.ts'

/** Of what is kept and how: an index of another one is built anew. To be raised with every change of what stands below. */
export const elasticFormat = 4

/** Of the field by which documents are told from the mark and the sign of life, and from those of other formats. */
export const kept: { readonly document: string; readonly mark: string; readonly life: string } = {
  document: `document-${elasticFormat}`,
  mark: `mark-${elasticFormat}`,
  life: `life-${elasticFormat}`,
}

/**
 * Before every word where near spellings are looked for: of two letters that differ the servers want the first letter to be the
 * same, and so it always is.
 */
export const spelledBegin = '_'

const keyword = { type: 'keyword' } as const
/** Only counted or sorted by. */
const shown = { type: 'keyword', index: false } as const
/** Only asked for. */
const askedFor = { type: 'keyword', doc_values: false } as const
const number = { type: 'double' } as const
const text = { type: 'text', analyzer: 'words' } as const

/** What a great many words begin with is kept as a word of its own: to go through them all takes seconds, after other words. */
const shortBeginnings = { min_chars: 1, max_chars: 3 } as const

/** Where near spellings are looked for. */
const spelled = { type: 'text', analyzer: 'spelled', index_options: 'docs', norms: false } as const

const each = <T extends string>(names: readonly T[], mapping: object): Record<string, object> =>
  Object.fromEntries(names.map((name) => [name, mapping]))

/**
 * What one word says of a document by where it stands, how often, and how long that is; see `domain/search-score.ts`. The
 * servers' own measure goes by how many documents have the word, those that the asker may not see among them.
 */
function saidBy(field: SearchField): object {
  const { weight, usualLength } = fieldShape[field]
  const source = `
    double said = ${weight}D * doc.freq / (${1 - lengthMatters}D + ${lengthMatters}D * doc.length / ${usualLength}D);
    return query.boost * said / (${saturation}D + said);`
  return { type: 'scripted', script: { source } }
}

/** What an index is made with. */
export const indexBody: {
  readonly settings: Readonly<Record<string, unknown>>
  readonly mappings: Readonly<Record<string, unknown>>
} = {
  settings: {
    auto_expand_replicas: '0-1',
    // Whoever changes something refreshes.
    refresh_interval: '-1',
    // What was removed is remembered for so long, lest an older document of it comes back that the network has held.
    gc_deletes: '1d',
    // Somebody may see a great many namespaces.
    max_terms_count: 1_000_000,
    max_regex_length: 100_000,
    similarity: Object.fromEntries(searchFields.map((field) => [field, saidBy(field)])),
    analysis: {
      tokenizer: { blanks: { type: 'whitespace', max_token_length: 32_766 } },
      filter: { begun: { type: 'pattern_replace', pattern: '^', replacement: spelledBegin } },
      analyzer: {
        words: { type: 'custom', tokenizer: 'blanks' },
        spelled: { type: 'custom', tokenizer: 'blanks', filter: ['begun'] },
      },
    },
  },
  mappings: {
    dynamic: 'strict',
    // The rest is only looked for.
    _source: { includes: ['stored'] },
    properties: {
      stored: { type: 'object', enabled: false },
      kept: keyword,
      id: keyword,
      nameKey: shown,
      text: {
        properties: {
          // Where all is looked for that names no field; the others are asked which of them it was.
          all: { ...text, norms: false, fields: { spelled }, index_prefixes: shortBeginnings },
          ...Object.fromEntries(searchFields.map((field) => [field, { ...text, similarity: field }])),
        },
      },
      names: askedFor,
      beginnings: askedFor,
      keys: { properties: each(searchFacets, askedFor) },
      labels: { properties: each(searchFacets, shown) },
      seen: { properties: each(['visibility', 'namespace', 'owner', 'kind', 'name'], askedFor) },
      numbers: { properties: each(searchNumbers, number) },
      deprecated: { type: 'boolean' },
      platform: keyword,
      weight: { ...number, index: false },
    },
  },
}
