import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { changelogOf } from '../../../src/core/artifacts/changelog.ts'
import { diffVersions, type VersionDiff } from '../../../src/core/artifacts/diff-versions.ts'
import { anyCharacter } from '../../kit/any-character.ts'
import { type SideOf, sideOf } from './version-sides.ts'

const diffOf = (before: SideOf, after: SideOf): VersionDiff => diffVersions(sideOf(before), sideOf(after))
const changelog = (before: SideOf, after: SideOf, limit = 10_000): string =>
  changelogOf(diffOf(before, after), { from: '1.0.0', to: '1.1.0', limit })
/** Without the head, which all have. */
const body = (before: SideOf, after: SideOf): string => {
  const [head, step, ...rest] = changelog(before, after).split('\n\n')
  assert.deepEqual([head, step], ['## 1.1.0', 'A minor version compared with `1.0.0`.'])
  return rest.join('\n\n')
}

describe('changelogOf', () => {
  it('has the sections of a changelog that people keep', () => {
    const before: SideOf = {
      document: {
        version: '1.0.0',
        license: 'MIT',
        topics: ['a', 'b'],
        homepage: 'https://example.com',
        description: 'short',
        skills: [{ name: 'plan' }, { name: 'draw', proficiency: 'beginner' }],
        keywords: ['x', 'y'],
      },
      source: 'a\nb\nc\n',
      files: [
        ['gone.md', 'g'],
        ['other.md', 'one'],
      ],
      edges: [
        { target: 'skill:acme/plan', range: '^1' },
        { target: 'skill:acme/old', range: '' },
      ],
    }
    const after: SideOf = {
      document: {
        version: '1.1.0',
        license: 'Apache-2.0',
        topics: ['b', 'c', 'd'],
        language: 'pcl',
        description: 'long '.repeat(20),
        skills: [{ name: 'draw', proficiency: 'expert' }, { name: 'sing' }],
        keywords: ['y', 'x'],
        custom: { team: { size: 5 } },
        capabilities: ['run'],
      },
      source: 'a\nB\nc\nd\n',
      files: [
        ['new.md', 'n'],
        ['other.md', 'three'],
      ],
      edges: [
        { target: 'skill:acme/plan', range: '^2' },
        { target: 'skill:acme/new', range: '>=1 <3', relation: 'extends' },
      ],
    }
    assert.equal(
      changelog(before, after),
      `## 1.1.0

A minor version compared with \`1.0.0\`.

### Added

- \`capabilities\`: \`run\`
- \`custom\`
- \`language\`: \`pcl\`
- \`skills/1\`: \`sing\`
- \`topics\`: \`c\`, \`d\`
- file \`new.md\`, 1 byte

### Changed

- \`description\`
- \`keywords\`: in another order
- \`license\`: \`MIT\` → \`Apache-2.0\`
- \`skills/0/proficiency\`: \`beginner\` → \`expert\`
- source: 2 lines added, 1 line removed
- file \`other.md\`: 5 bytes instead of 3 bytes

### Removed

- \`homepage\`: \`https://example.com\`
- \`skills/0\`: \`plan\`
- \`topics\`: \`a\`
- file \`gone.md\`, 1 byte

### Dependencies

- Added \`skill:acme/new\` (\`extends\`), \`>=1 <3\`
- Removed \`skill:acme/old\` (\`uses\`), any version
- \`skill:acme/plan\` (\`uses\`): \`^1\` → \`^2\`
`,
    )
  })

  it('says so where nothing has changed', () => {
    const [before, after] = [{ document: { version: '1.0.0' } }, { document: { version: '1.1.0' } }]
    assert.equal(body(before, after), 'Nothing but the version has changed.\n')
    assert.match(
      body({ document: { version: '1' } }, { document: { version: '2', versions: 1 } }),
      /versions/,
    )
  })

  it('says what kind of step it is', () => {
    const diff = diffOf({}, {})
    const step = (from: string, to: string): string | undefined =>
      changelogOf(diff, { from, to, limit: 1_000 }).split('\n\n')[1]
    for (const [from, to, expected] of [
      ['1.0.0', '2.0.0', 'A major version'],
      ['1.0.0', '1.1.0', 'A minor version'],
      ['1.0.0', '1.0.1', 'A patch version'],
      ['1.0.0', '2.0.0-rc.1', 'A pre-release of a major version'],
      ['1.0.0-rc.1', '1.0.0', 'The release'],
      ['1.0.0-rc.1', '1.0.0-rc.2', 'Another pre-release'],
      ['1.0.0-rc.1+a', '1.0.0-rc.1+b', 'Another build'],
      ['1.0.0+a', '1.0.0', 'Another build'],
      ['2.0.0', '1.9.0', 'An earlier version'],
      ['1.0.0', '1.0.0-rc.1', 'An earlier version'],
    ] as const)
      assert.equal(step(from, to), `${expected} compared with \`${from}\`.`)
    assert.equal(step('latest', '1.0.0'), 'Compared with `latest`.')
    assert.equal(step('1.0.0', 'latest'), 'Compared with `1.0.0`.')
  })

  it('says in a line what became of the source', () => {
    const entry = (before: SideOf['source'], after: SideOf['source']): string | undefined =>
      /^- (?!file)(.*)$/m.exec(
        body(before === undefined ? {} : { source: before }, after === undefined ? {} : { source: after }),
      )?.[1]
    assert.equal(entry('a\n', 'a\nb\nc\n'), 'source: 2 lines added')
    assert.equal(entry('a\nb\n', 'a\n'), 'source: 1 line removed')
    assert.equal(entry('a\r\n', 'a\n'), 'source: line endings crlf → lf')
    assert.equal(
      entry('a\r\nb\r\n', 'a\nc\n'),
      'source: 1 line added, 1 line removed, line endings crlf → lf',
    )
    assert.equal(entry(Uint8Array.of(0), Uint8Array.of(0, 1)), 'source: 2 bytes instead of 1 byte')
    assert.equal(
      entry('a\n'.repeat(20_000), 'b\n'),
      'source: largely another one, 2 bytes instead of 40000 bytes',
    )
    assert.equal(entry(undefined, 'abc'), 'source, 3 bytes')
    assert.equal(entry('abc', undefined), 'source, 3 bytes')
    assert.match(body({}, { source: 'abc' }), /^### Added\n\n- source, 3 bytes\n$/)
    assert.match(body({ source: 'abc' }, {}), /^### Removed\n\n- source, 3 bytes\n$/)
  })

  it('counts entries that cannot be shown', () => {
    const lists = (after: readonly unknown[]): string =>
      body({ document: { list: ['a'] } }, { document: { list: ['a', ...after] } })
    assert.match(lists([{ no: 'name' }]), /- `list`: 1 entry\n/)
    assert.match(lists([['nested'], 'x'.repeat(61)]), /- `list`: 2 entries\n/)
    assert.match(lists(Array.from({ length: 51 }, (_, at) => at)), /- `list`: 51 entries\n/)
    assert.match(lists([1, true, null]), /- `list`: `1`, `true`, `null`\n/)
    assert.match(body({}, { document: { list: [] } }), /- `list`: 0 entries\n/)
    assert.match(body({ document: { list: ['a'] } }, {}), /### Removed\n\n- `list`: `a`\n/)
    assert.match(body({ document: { text: '' } }, { document: { text: 'x' } }), /- `text`\n/)
  })

  it('shows what others have written as code, whatever it is', () => {
    const entry = (text: string): string => body({}, { document: { [text]: 1 } }).split('\n')[2] ?? ''
    assert.equal(entry('a`b'), '- ``a`b``: `1`')
    assert.equal(entry('``'), '- ``` `` ```: `1`')
    assert.equal(entry(' '), '- `  `: `1`')
    assert.equal(entry('a\n\n# b\u202ec'), '- `a # b c`: `1`')
    assert.equal(entry('<img onerror>'), '- `<img onerror>`: `1`')
    assert.equal(entry(`${'x'.repeat(119)}😀😀`), `- \`${'x'.repeat(119)}\ufffd…\`: \`1\``)
    assert.match(
      changelogOf(diffOf({ document: 1 as never }, { document: {} }), {
        from: '1.0.0',
        to: '1.0.1',
        limit: 999,
      }),
      /- `document`/,
    )
  })

  it('tells no more than its limit lets it, in whole lines, and how much more there is', () => {
    const document = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`field-${at}`, at]))
    const whole = changelog({}, { document })
    assert.match(whole, /- and 150 more\n$/)
    assert.match(changelog({}, { document }, 600), /- and 1[6-9]\d more\n$/)
    for (let limit = 0; limit < 700; limit++) {
      const text = changelog({}, { document }, limit)
      assert.ok(text.length <= limit)
      assert.ok(text === '' || text.endsWith('\n'))
      assert.ok(limit < 10 || text.startsWith('## 1.1.0\n'))
    }
  })

  it('is bounded and the same each time, whatever changed', () => {
    const values = fc.jsonValue({ maxDepth: 3 })
    const documents = fc.dictionary(fc.string({ unit: anyCharacter }), values, { maxKeys: 30 })
    const sides = fc.record({
      document: documents,
      source: fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', '`') }),
      files: fc.array(fc.tuple(fc.string({ unit: anyCharacter }), fc.string()), { maxLength: 5 }),
      edges: fc.array(fc.record({ target: fc.string(), range: fc.string() }), { maxLength: 5 }),
    })
    fc.assert(
      fc.property(sides, sides, fc.nat({ max: 2_000 }), (before, after, limit) => {
        const text = changelog(before, after, limit)
        assert.ok(text.length <= limit)
        assert.equal(changelog(before, after, limit), text)
        assert.ok(text.isWellFormed())
        for (const line of text.split('\n'))
          assert.match(
            line,
            /^$|^#{2,3} (?:1\.1\.0|Added|Changed|Removed|Dependencies)$|^- |^A minor version|^Nothing/,
          )
      }),
      { numRuns: 300 },
    )
  })
})
