import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { diffVersions, type VersionDiff } from '../../../src/core/artifacts/diff-versions.ts'
import { digestOfText, type SideOf, sideOf } from './version-sides.ts'

const diffOf = (before: SideOf, after: SideOf): VersionDiff =>
  diffVersions(sideOf({ version: '1.0.0', ...before }), sideOf({ version: '1.1.0', ...after }))
const content = (text: string | Uint8Array) => ({ digest: digestOfText(text), size: Buffer.byteLength(text) })

describe('diffVersions', () => {
  it('finds nothing between two of the same content', () => {
    const side: SideOf = {
      document: { topics: ['a'] },
      source: 'a\n',
      files: [['b', 'B']],
      platforms: [],
      edges: [{}],
    }
    assert.deepEqual(diffOf(side, side), { fields: [], source: undefined, dependencies: [], files: [] })
    assert.deepEqual(diffOf({}, {}), { fields: [], source: undefined, dependencies: [], files: [] })
  })

  it('is the same each time', () => {
    const [before, after]: SideOf[] = [
      {
        document: { b: 1, a: [1] },
        source: 'a\nb\n',
        files: [['f', '1']],
        edges: [{ target: 'b' }, { target: 'a' }],
      },
      {
        document: { a: [2], c: 1 },
        source: 'b\nc\n',
        files: [['g', '1']],
        edges: [{ target: 'c', range: '^1' }],
      },
    ]
    assert.equal(JSON.stringify(diffOf(before!, after!)), JSON.stringify(diffOf(before!, after!)))
  })

  it('compares documents by field', () => {
    assert.deepEqual(diffOf({ document: { license: 'MIT' } }, { document: { language: 'pcl' } }).fields, [
      { path: '/language', change: 'added', after: 'pcl' },
      { path: '/license', change: 'removed', before: 'MIT' },
    ])
  })

  it('compares sources line by line, and as text that programs understand', () => {
    const { source } = diffOf({ source: 'a\nb\n' }, { source: 'a\nc\n' })
    assert.deepEqual(source, {
      before: content('a\nb\n'),
      after: content('a\nc\n'),
      form: 'text',
      text: {
        lines: [
          { change: 'same', text: 'a' },
          { change: 'removed', text: 'b' },
          { change: 'added', text: 'c' },
        ],
        unified: '--- 1.0.0\n+++ 1.1.0\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n',
      },
    })
  })

  it('tells other line endings of a source once', () => {
    assert.deepEqual(diffOf({ source: 'a\r\n' }, { source: 'a\n' }).source?.text, {
      lines: [{ change: 'same', text: 'a' }],
      lineEndings: { before: 'crlf', after: 'lf' },
      unified: '',
    })
  })

  it('shows a byte order mark that came', () => {
    const { source } = diffOf({ source: 'a\n' }, { source: '\ufeffa\n' })
    assert.deepEqual(
      source?.text?.lines.map(({ text }) => text),
      ['a', '\ufeffa'],
    )
  })

  it('says of what is no text only how much it is', () => {
    const binary = Uint8Array.of(0xff, 0xfe)
    for (const bytes of [binary, Uint8Array.of(65, 0, 66)]) {
      const sizes = { before: content(bytes), after: content('text'), form: 'binary' }
      assert.deepEqual(diffOf({ source: bytes }, { source: 'text' }).source, sizes)
      assert.equal(diffOf({ source: 'text' }, { source: bytes }).source?.form, 'binary')
    }
    assert.equal(diffOf({ source: binary }, { source: binary }).source, undefined)
  })

  it('says where a source is too long to be shown', () => {
    const long = 'a\n'.repeat(20_000)
    assert.deepEqual(diffOf({ source: long }, { source: 'a\n' }).source, {
      before: content(long),
      after: content('a\n'),
      form: 'too-different',
    })
  })

  it('takes a source that came or went for lines that did', () => {
    const came = diffOf({}, { source: 'a\n' }).source
    assert.deepEqual(came?.text?.lines, [{ change: 'added', text: 'a' }])
    assert.deepEqual([came?.before, came?.after], [undefined, content('a\n')])
    const went = diffOf({ source: 'a\n' }, {}).source
    assert.deepEqual(went?.text?.lines, [{ change: 'removed', text: 'a' }])
    assert.deepEqual([went?.before, went?.after], [content('a\n'), undefined])
  })

  it('compares dependencies by relation and target', () => {
    const before = [
      { relation: 'uses', target: 'skill:acme/a', range: '^1' },
      { relation: 'uses', target: 'skill:acme/b', range: '' },
      { relation: 'extends', target: 'skill:acme/c', range: '' },
      { relation: 'uses', target: 'same', range: '1' },
    ]
    const after = [
      { relation: 'uses', target: 'skill:acme/a', range: '^2' },
      { relation: 'uses', target: 'skill:acme/c', range: '' },
      { relation: 'uses', target: 'same', range: '1' },
    ]
    assert.deepEqual(diffOf({ edges: before }, { edges: after }).dependencies, [
      { relation: 'extends', target: 'skill:acme/c', change: 'removed', before: '' },
      { relation: 'uses', target: 'skill:acme/a', change: 'changed', before: '^1', after: '^2' },
      { relation: 'uses', target: 'skill:acme/b', change: 'removed', before: '' },
      { relation: 'uses', target: 'skill:acme/c', change: 'added', after: '' },
    ])
  })

  it('compares files by title, the source among them', () => {
    const before: SideOf = {
      source: 'a',
      files: [
        ['gone', 'g'],
        ['same', 's'],
        ['other', 'o'],
      ],
    }
    const after: SideOf = {
      source: 'b',
      files: [
        ['same', 's'],
        ['new', ''],
        ['other', 'O!'],
      ],
    }
    assert.deepEqual(diffOf(before, after).files, [
      { name: 'gone', change: 'removed', before: content('g') },
      { name: 'main.txt', change: 'changed', before: content('a'), after: content('b') },
      { name: 'new', change: 'added', after: content('') },
      { name: 'other', change: 'changed', before: content('o'), after: content('O!') },
    ])
  })

  it('tells files of one title apart, and knows those without one by their digest', () => {
    const before: SideOf = {
      files: [
        ['a', '1'],
        ['a', '2'],
        ['', 'x'],
        ['', 'y'],
        ['', 'x'],
      ],
    }
    const after: SideOf = {
      files: [
        ['a', '1'],
        ['a', '3'],
        ['', 'y'],
        ['', 'z'],
      ],
    }
    const expected = [
      { name: 'a (2)', change: 'changed', before: content('2'), after: content('3') },
      { name: digestOfText('x'), change: 'removed', before: content('x') },
      { name: digestOfText('z'), change: 'added', after: content('z') },
    ].sort((one, other) => (one.name < other.name ? -1 : 1))
    assert.deepEqual(diffOf(before, after).files, expected)
  })

  it('knows the manifests of an index by their platforms', () => {
    const arm = { os: 'linux', architecture: 'arm64', variant: 'v8' }
    const names = (before: SideOf, after: SideOf): string[][] =>
      diffOf(before, after).files.map(({ name, change }) => [name, change])
    assert.deepEqual(names({ platforms: [{ os: 'linux', architecture: 'amd64' }] }, { platforms: [arm] }), [
      ['linux/amd64', 'removed'],
      ['linux/arm64/v8', 'added'],
    ])
    assert.deepEqual(names({ platforms: [arm] }, { platforms: [arm] }), [['linux/arm64/v8', 'changed']])
  })
})
