import assert from 'node:assert/strict'
import { isSemverRange } from '../../src/domain/semver-range.ts'
import { kindsByName } from '../../src/kinds/kinds.ts'
import { frontMatterProblems } from '../../src/kinds/skill/front-matter.ts'
import { fuzz } from './fuzz.ts'

const most = 50

/** Sources are never refused: taken is one that something was found in. */
function findsSomething(name: string, source: string): boolean {
  const kind = kindsByName().get(name)
  assert.ok(kind)
  const { dependencies, topics, text } = kind.facts(undefined, source, most)
  assert.ok(dependencies.length <= most)
  const named = dependencies.map(({ relation, target }) => `${relation} ${target}`)
  assert.equal(new Set(named).size, named.length)
  for (const { target, range } of dependencies) {
    assert.ok(target !== '' && target.length <= 1_024 && !/\s/.test(target), target)
    assert.ok(range === '' || isSemverRange(range), range)
  }
  return dependencies.length + topics.length + text.length > 0
}

fuzz({
  name: 'typescript-source',
  seeds: [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    "import { A as B } from 'acme-base@^1'\nclass C<T> extends B<T> {} `${import('b')}` / /c'/",
  ],
  tokens: ['import ', "'a'", "'", '`', '${', '}', '/', '/*', '<', 'class A ', 'extends A,'],
  read: (source) => findsSomething('module', source),
})

fuzz({
  name: 'pcl-source',
  seeds: [
    'import { A } from "@acme/base@^1"\npersona B extends A, C requires(D) { tags { "e" } } team T { members: [A, 3xB] }',
  ],
  tokens: ['import ', '"a"', '/*', 'persona A ', 'uses ', 'team T { members: [', 'tags {', '@', '<', '}'],
  read: (source) => findsSomething('persona', source),
})

fuzz({
  name: 'front-matter',
  seeds: [
    '---\nname: a-b\ndescription: does it\n---\n# Body',
    '---\nname: "a"\ndescription: >-\n  over\n  lines\n---',
  ],
  tokens: ['---', '\n', 'name: ', 'description: ', '>-', '"', "'", 'a', '  ', '\r\n', ':'],
  read(source) {
    assert.ok(JSON.stringify(frontMatterProblems(source)).length < 5_000)
    return findsSomething('skill', source)
  },
})
