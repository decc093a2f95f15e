import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isSemverRange } from '../../src/domain/semver-range.ts'
import { longestText, longestTopic, mostTexts, mostTopics } from '../../src/kinds/facts.ts'
import type { KindFacts } from '../../src/kinds/kind.ts'
import { builtInKinds, kindsByName } from '../../src/kinds/kinds.ts'
import { mostCharactersRead, Tokens } from '../../src/kinds/shared/source/tokens.ts'
import { anyCharacter } from '../kit/any-character.ts'

function factsOf(name: string, document: unknown, source = '', limit?: number): KindFacts {
  const kind = kindsByName().get(name)
  assert.ok(kind)
  return kind.facts(document, source, limit)
}

/** `relation target@range` */
function needs(name: string, document: unknown, source = '', limit?: number): string[] {
  return factsOf(name, document, source, limit).dependencies.map(
    ({ relation, target, range }) => `${relation} ${target}${range === '' ? '' : `@${range}`}`,
  )
}

describe('dependencies of documents', () => {
  it('come from the members that name others, each once, the first with a range', () => {
    assert.deepEqual(
      needs('persona', {
        extends: ['acme/a@^1.2', 'persona:acme/b'],
        implements: ['@acme/c@>=1 <3'],
        requires: ['acme/a', 'acme/d', 'acme/d@^2', 'acme/d@^3'],
        skills: ['acme/a@~1'],
        tools: ['acme/no'],
      }),
      [
        'extends acme/a@^1.2',
        'extends persona:acme/b',
        'implements @acme/c@>=1 <3',
        'uses acme/a@~1',
        'uses acme/d@^2',
      ],
    )
    assert.deepEqual(
      needs('team', {
        members: ['acme/a@^1', { persona: 'acme/b', count: 2 }, 3, { persona: 4 }, 'a b'],
        primary: 'acme/a',
      }),
      ['uses acme/a@^1', 'uses acme/b'],
    )
    assert.deepEqual(
      needs('workflow', {
        steps: [{ name: 'a', uses: 'acme/a@1.x' }, { name: 'b' }, 4, { uses: 'a b' }],
        uses: ['acme/b'],
        fallback: 'acme/c',
      }),
      ['uses acme/b', 'uses acme/c', 'uses acme/a@1.x'],
    )
    assert.deepEqual(needs('workflow', { steps: 'A -> B' }), [])
    assert.deepEqual(
      needs('skill', { dependencies: ['acme/a@^1'], bundles: ['acme/b'], conflicts: ['acme/c'] }),
      ['uses acme/a@^1', 'uses acme/b'],
    )
    assert.deepEqual(
      needs('type', {
        extends: ['acme/a'],
        schema: {
          properties: {
            a: { $ref: 'type:acme/b@^1#/properties/x' },
            b: { $ref: '#/$defs/c' },
            c: { $ref: 'https://example.org/' },
            d: { const: { $ref: 'type:acme/no' } },
            e: { $ref: 'type:a b' },
          },
        },
      }),
      ['extends acme/a', 'uses type:acme/b@^1'],
    )
    assert.deepEqual(needs('type', { notation: 'gtype', schema: { $ref: 'type:acme/b' } }), [])
    assert.deepEqual(
      needs('module', {
        imports: ['acme/a'],
        peers: ['acme/b@^3'],
        extends: ['acme/c'],
        implements: ['acme/d'],
      }),
      ['import acme/a', 'peer acme/b@^3', 'extends acme/c', 'implements acme/d'],
    )
    for (const name of ['image', 'chart', 'file', 'enum'])
      assert.deepEqual(
        needs(name, { uses: ['acme/a'] }, "import 'a'").filter((one) => one.startsWith('uses')),
        [],
      )
  })

  it('are at most as many as were asked for', () => {
    const document = { extends: Array.from({ length: 500 }, (_, at) => `acme/a${at}`) }
    assert.equal(needs('persona', document).length, 200)
    assert.deepEqual(needs('persona', document, '', 2), ['extends acme/a0', 'extends acme/a1'])
    assert.deepEqual(needs('persona', document, '', 0), [])
  })
})

describe('dependencies of TypeScript', () => {
  const of = (source: string): string[] => needs('module', undefined, source)

  it('are the packages that it imports, by whichever words', () => {
    assert.deepEqual(
      of(`
        import a from 'a-default'
        import * as b from "b-all"
        import { c, type d as e, default as f } from 'c-names'
        import g, { h } from 'd-both'
        import type { i } from 'e-types'
        import 'f-effect'
        import j = require('g-equals')
        const k = require('h-require')
        const l = await import('i-dynamic')
        export { m } from 'j-again'
        export * from 'k-again'
        export * as n from 'l-again'
        export type { o } from 'm-again'
        import from from 'n-from'
        import { from } from 'o-from'
        import p, * as q from 'p-both'
        import r from 'q-attributes' with { type: 'json' }
        const s = import('r-options', { with: { type: 'json' } })
      `),
      [
        ...[
          'a-default',
          'b-all',
          'c-names',
          'd-both',
          'e-types',
          'f-effect',
          'g-equals',
          'h-require',
          'i-dynamic',
        ],
        ...[
          'j-again',
          'k-again',
          'l-again',
          'm-again',
          'n-from',
          'o-from',
          'p-both',
          'q-attributes',
          'r-options',
        ],
      ].map((name) => `import ${name}`),
    )
  })

  it('are named as their own ecosystem does, without what is within them or of the run-time', () => {
    assert.deepEqual(
      of(`
        import 'lodash/fp'
        import '@acme/base/deep/er'
        import '@acme/ranged@^1.2/deep'
        import 'ranged@~2.0.1'
        import 'tagged@latest'
        import 'npm:chalk@5'
        import 'jsr:@std/path@^1'
        import 'type:acme/user@^3'
        import 'https://example.org/mod@1.2.3/index.ts'
        import './own'; import '../own'; import '/own'; import '.'; import '#own'; import '~/own'
        import 'node:fs'; import 'fs'; import 'fs/promises'; import 'bun:test'; import 'data:text/javascript,1'; import 'file:///a'
        import ''; import '@'; import 'a b'; import 'a\\nb'
      `),
      [
        'import lodash',
        'import @acme/base',
        'import @acme/ranged@^1.2',
        'import ranged@~2.0.1',
        'import tagged',
        'import npm:chalk@5',
        'import jsr:@std/path@^1',
        'import type:acme/user@^3',
        'import https://example.org/mod@1.2.3/index.ts',
      ],
    )
  })

  it('are what its classes and interfaces extend and implement, where that is imported', () => {
    assert.deepEqual(
      of(`
        import { Base, type Shape as Form } from 'acme-base@^1'
        import * as all from '@acme/all'
        import { Own } from './own'
        import type { Last } from 'last'
        class A<T extends Array<Base> = () => void> extends Base<T> implements Form, all.Deep.One<() => T>, Own, Missing {}
        export interface B extends Form, Error { extends: Last }
        const c = class extends all.Thing {}
        abstract class D extends mixin(Base) implements Last {}
        const e = { class: 1, interface: Last, x: it.class }
        type F = A extends Last ? Last : never
        class G { implements = Last }
      `),
      [
        'import acme-base@^1',
        'import @acme/all',
        'import last',
        'extends acme-base@^1',
        'implements acme-base@^1',
        'implements @acme/all',
        'extends @acme/all',
      ],
    )
  })

  it('are not what stands in comments, texts, templates and expressions', () => {
    assert.deepEqual(
      of(`
        // import 'a'
        /* import 'b' /* not nested */
        const c = "import 'c'" + 'import "c"' + 'it\\'s' // '
        const d = \`import 'd' \${ 1 + \`import 'e' \${ { a: 1 } } \` } import 'f'\`
        const g = /import 'g'/ ; const h = x.replace(/['"\`/]/g, "import 'h'")
        const i = 4 / 2; const j = (1) / import.meta.x / 2
        it.import('k'); it.require('l'); import(m); import('n' + o); require(p)
        const unclosed = 'import "q"
        export { r }
        export const s = 1
        export = t
        import u, from v
        import = 'w'
        import x = y.z
        import { a as }
        import 'last'
      `),
      ['import last'],
    )
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source.
    assert.deepEqual(of("const a = `${import('inner')}`\nimport 'after'"), ['import inner', 'import after'])
    assert.deepEqual(of("/* never closed import 'a'"), [])
    assert.deepEqual(of("` never closed import 'a'"), [])
    assert.deepEqual(of("import 'a"), [])
    assert.deepEqual(of('import "a\\"b"; import "c"'), ['import c'])
    assert.deepEqual(of("/[/'\"]/.test(a); import 'b'"), ['import b'])
    assert.deepEqual(of("a = /unclosed\nimport 'b'"), ['import b'])
  })
})

describe('dependencies of the Persona Control Language', () => {
  const of = (source: string): string[] => needs('persona', undefined, source)

  it('are what it imports, and what its personas, teams and workflows name', () => {
    assert.deepEqual(
      of(`
        import { AUDITOR as A, type Rule } from "@pcl/security@^1.2"
        import * as Base from '@acme/base';
        import D, { E } from "third"
        IMPORT F FROM "fourth"
        import own from "./own"
        export { G } from "fifth"
        /* nested /* import x from "no" */ import y from "no" */
        @decorated("x") pub persona REVIEWER<T> extends A, Base.CALM, HUMAN implements Rule, own.Thing requires(E, LOGGER) {
          tone: "calm; uses nothing"
          uses: ["acme/tool@^2", F]
          skills { "reading", writing, @Base.Drawing }
          tags { "security", review }
          @onActivate { it.uses(x) }
        }
        team REVIEWERS {
          members: [REVIEWER, 3xSEC, 2xA]
          primary: SEC
          merge: Consensus
        }
        workflow MAIN { steps: A -> B  fallback: HELPER }
        skill Own { items: ["a"] }
        persona LAST extends Own, REVIEWER { members: [NO] fallback: NO }
      `),
      [
        'import @pcl/security@^1.2',
        'import @acme/base',
        'import third',
        'import fourth',
        'import fifth',
        'extends @pcl/security@^1.2',
        'extends @acme/base',
        'extends HUMAN',
        'implements @pcl/security@^1.2',
        'uses third',
        'uses LOGGER',
        'uses acme/tool@^2',
        'uses fourth',
        'uses @acme/base',
        'uses SEC',
        'uses @pcl/security@^1.2',
        'uses HELPER',
      ],
    )
  })

  it('are read in capitals, in braces, and from what is not whole', () => {
    assert.deepEqual(of('PERSONA A EXTENDS B USES { C, "acme/d@^1" } { }'), [
      'extends B',
      'uses C',
      'uses acme/d@^1',
    ])
    assert.deepEqual(of('persona A { uses {} } persona B extends C {}'), ['extends C'])
    assert.deepEqual(of('persona A extends'), [])
    assert.deepEqual(of('persona A extends "a b", B'), ['extends B'])
    assert.deepEqual(of('} } persona A extends B. {'), ['extends B'])
    assert.deepEqual(of('import { a, b'), [])
    assert.deepEqual(of('persona A { skills: [ @, @B ] tags: [x] skills'), ['uses B'])
    assert.deepEqual(of('team T { members }'), [])
    assert.deepEqual(of('module a.b { pub persona A extends B {} }'), ['extends B'])
    assert.deepEqual(of('interface A extends B {}\ntype C = B\nfn persona(x) {}'), ['extends B'])
  })

  it('come with the tags of personas as topics', () => {
    const source =
      'persona A { tags { "security", review, x.y } } tags { "outside" } team B { tags: ["teams"] tags no }'
    assert.deepEqual(factsOf('persona', { tags: ['own', 'review'] }, source).topics, [
      'own',
      'review',
      'security',
      'x',
      'y',
      'teams',
    ])
  })
})

describe('facts for search', () => {
  it('are the texts of the document in its order, each of them bounded', () => {
    const facts = factsOf('persona', {
      role: 'first',
      constraints: ['second', 3, null],
      properties: { deep: [{ er: 'third' }] },
    })
    assert.deepEqual(facts.text, ['first', 'second', 'third'])
    const long = factsOf('persona', {
      role: `${'a'.repeat(longestText - 1)}🙂b`,
      tools: Array.from({ length: 1_000 }, (_, at) => `${at}`),
    })
    assert.equal(long.text[0], `${'a'.repeat(longestText - 1)}\ufffd`)
    assert.equal(long.text.length, mostTexts)
  })

  it('are what a skill says of itself, where the document is silent', () => {
    const facts = factsOf('skill', undefined, '---\nname: drawing\ndescription: Draws boundaries\n---\n')
    assert.deepEqual(facts.text, ['drawing', 'Draws boundaries'])
    assert.deepEqual(factsOf('skill', { category: 'a', subcategories: ['b', 'a'] }).topics, ['a', 'b'])
  })

  it('have few topics, and short ones', () => {
    const many = Array.from({ length: 200 }, (_, at) => `topic-${at}`)
    const topics = factsOf('persona', {
      tags: ['x'.repeat(longestTopic + 1), ' blanks ', '', '\ud800', 3, ...many],
    }).topics
    assert.equal(topics.length, mostTopics)
    assert.deepEqual(topics.slice(0, 2), ['blanks', 'topic-0'])
  })
})

describe('facts of anything', () => {
  const keyed = fc.dictionary(
    fc.constantFrom(
      'extends',
      'members',
      'steps',
      'uses',
      'schema',
      'tags',
      'category',
      'parameters',
      'values',
      'merge',
      '__proto__',
    ),
    fc.oneof(fc.jsonValue(), fc.string(), fc.array(fc.string())),
  )
  const words = fc.constantFrom(
    ...[
      'import ',
      'export ',
      'from ',
      '"a"',
      "'b@^1'",
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      ',',
      ';',
      ':',
      '<',
      '>',
      '=',
      '.',
      '@',
      '*',
      '`',
      '${',
      '/',
      '/*',
      '*/',
      '//',
      '\n',
      '\\',
    ],
    ...[
      'persona ',
      'team ',
      'extends ',
      'implements ',
      'uses ',
      'members',
      'skills',
      'tags',
      'class ',
      'interface ',
      'require',
      'as ',
      'A ',
      '---\n',
      'name: a\n',
    ],
  )
  const source = fc.oneof(
    fc.array(words, { maxLength: 60 }).map((all) => all.join('')),
    fc.string({ unit: anyCharacter }),
  )

  it('and checks of it never throw, whatever the document and the source are', async () => {
    const counted = { problems: 0, dependencies: 0 }
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), keyed), source, async (document, text) => {
        for (const kind of builtInKinds) {
          const problems = await kind.check(document, text, 5)
          assert.ok(problems.length <= 5)
          counted.problems += problems.length
          const { dependencies, topics, text: texts } = kind.facts(document, text, 3)
          counted.dependencies += dependencies.length
          assert.ok(dependencies.length <= 3 && topics.length <= mostTopics && texts.length <= mostTexts)
          assert.equal(
            new Set(dependencies.map(({ relation, target }) => `${relation} ${target}`)).size,
            dependencies.length,
          )
          for (const { target, range } of dependencies) {
            assert.ok(target !== '' && !/\s/.test(target), target)
            assert.ok(range === '' || isSemverRange(range), range)
          }
        }
      }),
      { numRuns: 500 },
    )
    assert.ok(counted.problems > 1_000 && counted.dependencies > 500, JSON.stringify(counted))
  })
})

describe('a hostile source', () => {
  it('is read once, up to a length', () => {
    const past = `${' '.repeat(mostCharactersRead)}import 'late'`
    assert.deepEqual(needs('module', undefined, past), [])
    assert.deepEqual(needs('module', undefined, `import 'early'${past}`), ['import early'])
  })

  it('is passed over with a bounded number of looks at each character', () => {
    const units = [
      'import ',
      "import 'a'\n",
      "'",
      '"\\',
      "'\\'",
      '`',
      '`${',
      '${',
      '/*',
      '/',
      '//',
      '<',
      'class A<',
      'persona A ',
      'extends A,',
      '{',
      '}',
      '[',
      'a.',
      'team A { members: [',
      'tags {',
      'skills { @',
      'x',
      '\n',
    ]
    const length = 40_000
    for (const unit of units) {
      for (const [name, lexis] of [
        ['module', { nestedComments: false, expressions: true }],
        ['persona', { nestedComments: true, expressions: false }],
      ] as const) {
        const text = unit.repeat(length / unit.length)
        const looked = countingLooks(text)
        const tokens = new Tokens(looked.text, lexis)
        while (tokens.next().is !== 'end');
        assert.ok(
          looked.count() <= 4 * length,
          `${JSON.stringify(unit)}: ${looked.count()} looks at ${length} characters`,
        )
        assert.ok(needs(name, undefined, text).length <= 200)
      }
    }
  })

  it('may be as large as sources may be', async () => {
    const text = 'import '.repeat((64 * 1024 * 1024) / 7)
    for (const name of ['module', 'persona', 'skill']) {
      assert.deepEqual(needs(name, undefined, text), [])
      assert.deepEqual(await kindsByName().get(name)?.check(undefined, text, 5), [])
    }
  })
})

/** A text that counts how often somebody reads a character of it, or as many at once as were asked for. */
function countingLooks(text: string): { readonly text: string; readonly count: () => number } {
  let looks = 0
  const counting = new Proxy<object>(
    {},
    {
      get(_target, key) {
        if (key === 'length') return text.length
        if (typeof key === 'string' && /^[0-9]+$/.test(key)) {
          looks++
          return text[Number(key)]
        }
        if (key === 'slice')
          return (from: number, to: number) => {
            looks += Math.max(0, Math.min(to, text.length) - from)
            return text.slice(from, to)
          }
        if (key === 'indexOf')
          return (sought: string, from: number) => {
            const at = text.indexOf(sought, from)
            looks += (at === -1 ? text.length : at + sought.length) - from
            return at
          }
        throw new Error(`the scan asks for ${String(key)}, of which the looks are not counted`)
      },
    },
  )
  return { text: counting as unknown as string, count: () => looks }
}
