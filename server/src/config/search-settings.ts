import { type ConfigKey, searchEngines } from './config.ts'
import { indexName, plainWord } from './engine-types.ts'
import { path, webAddress } from './place-types.ts'
import { choice, count, duration } from './scalar-types.ts'
import type { Settings } from './setting.ts'
import { minute, week } from './units.ts'

/** What finds artifacts. */
export const searchSettings: Settings<Extract<ConfigKey, `search.${string}`>> = {
  'search.engine': {
    type: choice(searchEngines),
    default: 'store',
    about:
      'What searches: the store’s own text search, OpenSearch or Elasticsearch at search.url, or none. Where that does not answer the store’s own does, and answers are marked degraded.',
  },
  'search.url': {
    type: webAddress,
    about: 'Where OpenSearch or Elasticsearch is, such as https://search.example.com:9200.',
  },
  'search.index': {
    type: indexName,
    default: 'lading',
    about: 'What the names of its indexes begin with: registries that share a server want different ones.',
  },
  'search.username': {
    type: plainWord,
    about: 'Who logs in to search.url. Goes with search.password.',
  },
  'search.password': { type: plainWord, about: 'The password of search.username; never shown.' },
  'search.apiKey': {
    type: plainWord,
    about: 'A key of Elasticsearch, instead of search.username; never shown.',
  },
  'search.ca': {
    type: path,
    about: 'A PEM file of the authorities that are trusted for search.url, instead of those of the machine.',
  },
  'search.timeout': {
    type: duration({ min: 10, max: minute }),
    default: '2s',
    about: 'How long one engine may take for an answer; then the next one is asked.',
  },
  'search.pause': {
    type: duration({ min: 100, max: 10 * minute }),
    default: '5s',
    about: 'For so long search.url is left alone after it did not answer.',
  },
  'search.interval': {
    type: duration({ min: 10, max: minute }),
    default: '500ms',
    about: 'How often it is looked for what is new to be indexed, where nobody tells.',
  },
  'search.readers': {
    type: count({ min: 1, max: 16 }),
    default: 1,
    about:
      'Threads that search, on the store’s own engine with SQLite: with several, one long question does not hold up the others. Each has some 110 bytes of every artifact in memory, and 64 MiB of what is asked for often.',
  },
  'search.compareInterval': {
    type: duration({ min: minute, max: week }),
    default: '1h',
    about:
      'Time between two comparisons of the index with the records; one that is otherwise, because somebody else has changed it, is built anew.',
  },
}
