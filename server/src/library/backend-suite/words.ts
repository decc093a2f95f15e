import assert from 'node:assert/strict'
import { type BackendCase, done, made, named } from './harness.ts'

const texts = [
  'Grüße aus Köln',
  '日本語のテキスト',
  '𝒳 family 👩‍👩‍👧‍👦 and 🏳️‍🌈',
  'عربي مع English',
  'e\u0301 is not \u00e9',
  '\u202eturned round\u202c',
  'tab\tand "quotes" and \\ and $1 %s',
  'a\u2028b\u2029c',
  "'; DROP TABLE artifacts; --",
  '<script>alert(1)</script>',
]

export const words: readonly BackendCase[] = [
  {
    name: 'text of any script is kept letter by letter, in every field',
    check: async ({ backend }) => {
      for (const text of texts) {
        const metadata = {
          description: text,
          author: text,
          tags: [text],
          skills: [{ name: text, category: text }],
          keywords: [text],
          custom: { [text]: text, list: [text] },
        }
        const { id } = await made(backend, named(text, { metadata, source: text }))
        const read = done(await backend.read(id))
        const { slug: _, version: _v, name, ...said } = read.metadata
        assert.equal(name, text)
        assert.deepEqual(said, metadata)
        assert.equal(read.source, text)
      }
    },
  },
  {
    name: 'a source is kept to the byte: line ends, a byte order mark, blanks and nothing at all',
    check: async ({ backend }) => {
      const sources = [
        '',
        ' ',
        '\r\n\n\r',
        '\ufeffmarked',
        'a\0b',
        ' ends with blanks \n\n',
        'x'.repeat(100_000),
      ]
      for (const source of sources) {
        const { id } = await made(backend, named('Ada', { source }))
        assert.equal(done(await backend.read(id)).source, source)
        assert.equal(done(await backend.getVersion(id, '0.1.0')).source, source)
      }
    },
  },
  {
    name: 'names that differ in form alone are found by their own',
    check: async ({ backend }) => {
      const [one, other] = ['e\u0301', '\u00e9']
      const { id } = await made(backend, named('One', { metadata: { tags: [one] } }))
      const second = await made(backend, named('Other', { metadata: { tags: [other] } }))
      const found = async (tag: string): Promise<string[]> =>
        done(await backend.find({ filter: { tags: [tag] } })).items.map((item) => item.id)
      assert.deepEqual([await found(one), await found(other)], [[id], [second.id]])
    },
  },
]
