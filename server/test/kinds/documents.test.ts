import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Kind } from '../../src/kinds/kind.ts'
import { builtInKinds, kindsByName } from '../../src/kinds/kinds.ts'
import { problemsAsSchema } from '../../src/kinds/shared/schema/any-schema.ts'
import { everySchema } from '../../src/kinds/shared/schema/held-schemas.ts'
import { schemaProblems } from '../../src/kinds/shared/schema/schema-problems.ts'

function kind(name: string): Kind {
  const found = kindsByName().get(name)
  assert.ok(found)
  return found
}

async function problems(name: string, document: unknown, source = '', limit = 20): Promise<string[]> {
  const found = await kind(name).check(document, source, limit)
  return found.map(({ path, reason }) => `${path}: ${reason}`)
}

const good: Record<string, Record<string, unknown>> = {
  persona: {
    role: 'Reviews changes for what an attacker could make of them',
    tone: 'calm',
    instructions: 'Say what is wrong, where, and how it could be used.',
    model: 'large',
    abstract: false,
    extends: ['acme/reviewer@^1.2'],
    implements: ['interface:acme/auditor'],
    requires: ['@acme/tools@>=1 <3'],
    skills: ['acme/threat-modelling'],
    tools: ['grep', 'git'],
    tags: ['security', 'review'],
    constraints: ['Never prints a secret.'],
    hooks: ['onActivate', 'beforeMerge'],
    properties: { depth: 3, any: { thing: [1] } },
  },
  team: {
    members: ['acme/auditor@^1', { persona: 'acme/tester', count: 3 }],
    primary: 'acme/auditor',
    merge: {
      mode: 'Weighted',
      weights: { 'acme/auditor': 2, 'acme/tester': 0.5 },
      topic: 'risk',
      timeout: '30s',
    },
    quorum: { required: 2, total: 4 },
    conflict: ['acme/auditor', 'acme/tester'],
    tags: ['security'],
    properties: {},
  },
  workflow: {
    input: 'Change',
    output: 'Verdict',
    steps: [
      { name: 'read', uses: 'acme/reader@~2.1', timeout: '5m', retry: 3 },
      { name: 'judge', uses: 'team:acme/judges', after: ['read'], with: { strict: true }, when: 'read.ok' },
    ],
    uses: ['acme/base'],
    timeout: '2h',
    retry: { count: 3, delay: '1s', backoff: 'exponential' },
    fallback: 'acme/human',
    when: 'true',
    tags: ['ci'],
  },
  skill: {
    category: 'security',
    subcategories: ['threats'],
    complexity: 'advanced',
    proficiency: 'expert',
    instructions: 'Draw the boundaries first.',
    examples: [{ description: 'A login', code: 'boundary Login {}' }],
    items: ['drawing boundaries'],
    tools: ['draw'],
    tokenCount: 1_200,
    dependencies: ['acme/drawing@^1'],
    conflicts: ['acme/guessing'],
    bundles: ['acme/shapes'],
    compatibility: ['any'],
    contentHash: 'sha256:abc',
    metadata: { 'x-owner': 'security', level: 3 },
  },
  type: {
    schema: {
      type: 'object',
      properties: { owner: { $ref: 'type:acme/user@^1#/properties/name' }, next: { $ref: '#/$defs/node' } },
      $defs: { node: { type: 'object', properties: { more: { $ref: '#' } } } },
      'x-own': 1,
    },
    notation: 'json-schema',
    parameters: ['T'],
    extends: ['acme/entity'],
    uses: ['acme/id@1.x'],
    examples: [{ owner: 'ann' }],
  },
  interface: {
    members: [
      { name: 'id', type: 'string', readonly: true, about: 'never changes' },
      { name: 'find', kind: 'method', parameters: [{ name: 'id', type: 'string' }], returns: 'User' },
      {
        name: 'find',
        parameters: [
          { name: 'id', type: 'number' },
          { name: 'more', rest: true },
        ],
        returns: 'User',
      },
    ],
    parameters: ['T'],
    extends: ['acme/store@^2'],
    uses: ['type:acme/user'],
  },
  enum: {
    values: [
      { name: 'red', value: '#f00', about: 'warm' },
      { name: 'green', value: 2, deprecated: true },
      { name: 'blue' },
    ],
  },
  function: {
    parameters: [
      { name: 'a', type: 'string' },
      { name: 'b', default: 3, about: 'how often' },
      { name: 'rest', rest: true },
    ],
    returns: 'Promise<void>',
    throws: ['RangeError'],
    async: true,
    typeParameters: ['T'],
    implements: ['interface:acme/callable'],
    uses: ['acme/base'],
  },
  module: {
    main: 'src/index.ts',
    exports: ['a', 'b'],
    imports: ['acme/base@^1', '@acme/tools'],
    peers: ['acme/runtime@>=3'],
    extends: ['acme/old'],
    implements: ['interface:acme/plugin'],
    tags: ['tools'],
  },
}

describe('documents of kinds', () => {
  it('are taken where they are good, and may be left out', async () => {
    for (const [name, document] of Object.entries(good)) {
      assert.deepEqual(await problems(name, document), [], name)
      assert.deepEqual(await problems(name, undefined), [], name)
    }
    assert.deepEqual(
      builtInKinds.map(({ name }) => name),
      [...Object.keys(good), 'image', 'chart', 'file'],
    )
  })

  it('are objects, with the members that their kind has and no others', async () => {
    for (const name of Object.keys(good)) {
      assert.match((await problems(name, 'a'))[0] ?? '', /^: it is text, and an object is wanted$/, name)
      assert.match((await problems(name, null))[0] ?? '', /^: it is null, and an object is wanted$/, name)
      const told = await problems(name, { ...good[name], zzzzzzzz: 1 })
      assert.equal(told.length, 1, name)
      assert.match(told[0] ?? '', /^\/zzzzzzzz: there is no such member; there are /, name)
    }
    assert.deepEqual(await problems('persona', { extend: [] }), [
      '/extend: there is no such member; did you mean extends?',
    ])
    assert.deepEqual(await problems('persona', { name: 'a', version: '1.0.0', keywords: [] }), [
      '/name: it is said of the artifact itself, beside its document',
      '/version: it is said of the artifact itself, beside its document',
      '/keywords: it is said of the artifact itself, beside its document',
    ])
    for (const name of ['image', 'chart', 'file']) {
      assert.deepEqual(await problems(name, {}), [`: a ${name} has no document of its own`])
      assert.deepEqual(await problems(name, undefined), [])
    }
  })

  it('name others by names with ranges, each once', async () => {
    const cases: [string, string][] = [
      ['', '/extends/0: it is empty'],
      [' ', '/extends/0: it names nothing'],
      ['@', '/extends/0: it names nothing'],
      ['acme/a b', '/extends/0: a name has no blanks in it'],
      ['acme/base@', '/extends/0: after the @ follows a range of versions, such as ^1.2'],
      [
        'acme/base@latest',
        '/extends/0: what follows the @ is no range of versions, such as ^1.2, ~1.2.3 or >=1 <3',
      ],
      ['a'.repeat(1_025), '/extends/0: it is longer than 1024 characters'],
      ['長'.repeat(342), '/extends/0: it is longer than 1024 bytes'],
    ]
    for (const [reference, expected] of cases) {
      for (const name of ['persona', 'type', 'interface', 'module'])
        assert.deepEqual(await problems(name, { extends: [reference] }), [expected], name)
    }
    assert.deepEqual(
      await problems('persona', { extends: ['acme/a@^1', 'acme/b', 'acme/a@^2'], skills: ['acme/a'] }),
      ['/extends/2: acme/a is there twice'],
    )
    assert.deepEqual(await problems('workflow', { fallback: 'a b' }), [
      '/fallback: a name has no blanks in it',
    ])
    assert.deepEqual(await problems('persona', { extends: 'acme/a' }), [
      '/extends: it is text, and a list is wanted',
    ])
    assert.deepEqual(
      await problems('persona', { extends: Array.from({ length: 1_001 }, (_, at) => `acme/a${at}`) }),
      ['/extends: it has more than 1000 entries'],
    )
  })

  it('tell at most as many problems as were asked for', async () => {
    const document = { extends: Array.from({ length: 50 }, () => 'a b') }
    for (const limit of [1, 7]) assert.equal((await problems('persona', document, '', limit)).length, limit)
  })

  const cases: Record<string, [Record<string, unknown>, string[]][]> = {
    persona: [
      [
        { hooks: ['onActivated'] },
        [
          '/hooks/0: it is none of onActivate, onDeactivate, onError, onMessage, onStep, onComplete, beforeMerge, afterMerge, onSpawn, onDespawn, onTimeout, onRetry; did you mean onActivate?',
        ],
      ],
      [{ hooks: ['onStep', 'onStep'] }, ['/hooks/1: it is there twice']],
      [{ tools: ['a', 'a'] }, ['/tools/1: it is there twice']],
      [{ constraints: [''] }, ['/constraints/0: it is empty']],
      [{ instructions: 'a'.repeat(100_001) }, ['/instructions: it is longer than 100000 characters']],
      [{ abstract: 'no' }, ['/abstract: it is text, and true or false is wanted']],
      [{ properties: { '': 1 } }, ['/properties/: a member may not be called so']],
    ],
    team: [
      [{}, ['/members: it is missing']],
      [{ members: [] }, ['/members: it is empty']],
      [{ members: ['acme/a', 'acme/a@^1'] }, ['/members/1: "acme/a" is there twice: give it a count']],
      [{ members: [{ persona: 'a b' }] }, ['/members/0/persona: a name has no blanks in it']],
      [{ members: ['a b'] }, ['/members/0: a name has no blanks in it']],
      [
        { members: [{ count: 0 }] },
        ['/members/0/count: it is less than 1', '/members/0/persona: it is missing'],
      ],
      [
        { members: [3] },
        [
          '/members/0: it is none of what it may be: the name of another artifact, such as acme/base@^1.2, or a member, such as { persona: acme/auditor, count: 3 }',
        ],
      ],
      [{ members: ['acme/a'], primary: 'acme/b' }, ['/primary: it is none of the members']],
      [{ members: ['acme/a'], primary: 'a b' }, ['/primary: it is none of the members']],
      [
        { members: ['acme/a'], merge: 'consensus' },
        [
          '/merge: it is none of Primary, Consensus, Majority, Dissent, Compare, Append, Debate, Chain, Vote, Weighted, RoundRobin, Random; did you mean Consensus?',
        ],
      ],
      [{ members: ['acme/a'], merge: {} }, ['/merge/mode: it is missing']],
      [{ members: ['acme/a'], merge: 'Weighted' }, ['/merge: Weighted wants the weights of the members']],
      [
        { members: ['acme/a'], merge: { mode: 'Weighted', weights: { 'acme/b': 1 } } },
        ['/merge/weights: "acme/b" is none of the members'],
      ],
      [
        { members: ['acme/a'], merge: { mode: 'Weighted', weights: { 'acme/a': 0 } } },
        ['/merge/weights/acme~1a: it is not more than 0'],
      ],
      [
        { members: ['acme/a'], merge: { mode: 'Vote', timeout: 'soon' } },
        ['/merge/timeout: it does not match ^[0-9]{1,9}(?:ms|s|m|h|d)$, as "30s" does'],
      ],
      [
        { members: ['acme/a'], quorum: { required: 3, total: 2 } },
        ['/quorum/required: it is more than the total of 2'],
      ],
      [{ members: ['acme/a'], quorum: { required: 1 } }, ['/quorum/total: it is missing']],
      [{ members: ['acme/a'], quorum: { required: 1, total: 9 } }, []],
      [{ members: ['acme/a'], conflict: ['acme/a', 'acme/b'] }, ['/conflict/1: it is none of the members']],
    ],
    workflow: [
      [{ steps: 'A -> (B || C) -> [d] => { e }' }, []],
      [{ steps: 'A -> ")" -> B // )' }, []],
      [{ steps: '' }, ['/steps: it is empty']],
      [{ steps: ' -> ' }, ['/steps: it has no step']],
      [{ steps: 'A -> (B' }, ['/steps: a ( is not closed']],
      [{ steps: 'A)' }, ['/steps: a ) closes what was not opened']],
      [{ steps: '(A]' }, ['/steps: a ] closes what was not opened']],
      [{ steps: [] }, ['/steps: it is empty']],
      [
        { steps: 3 },
        ['/steps: it is none of what it may be: an expression, such as A -> (B || C), or a list of steps'],
      ],
      [{ steps: [{}] }, ['/steps/0/name: it is missing']],
      [
        { steps: [{ name: 'a', needs: [] }] },
        ['/steps/0/needs: there is no such member; there are name, uses, after, with, when, timeout, retry'],
      ],
      [{ steps: [{ name: 'a' }, { name: 'a' }] }, ['/steps/1/name: "a" is there twice']],
      [{ steps: [{ name: 'a', uses: 'a b' }] }, ['/steps/0/uses: a name has no blanks in it']],
      [{ steps: [{ name: 'a', after: ['b'] }] }, ['/steps/0/after/0: "b" is none of the steps']],
      [
        { steps: [{ name: 'x' }, { name: 'a', after: ['b', 'x'] }, { name: 'b', after: ['a'] }] },
        ['/steps/1/after: it waits for steps that wait for it in turn'],
      ],
      [
        { steps: [{ name: 'a', after: ['a'] }] },
        ['/steps/0/after: it waits for steps that wait for it in turn'],
      ],
      [{ steps: [{ name: 'c', after: ['a', 'b'] }, { name: 'a' }, { name: 'b', after: ['a'] }] }, []],
      [{ retry: -1 }, ['/retry: it is less than 0']],
      [{ retry: { delay: '1s' } }, ['/retry/count: it is missing']],
      [
        { retry: { count: 1, backoff: 'none' } },
        ['/retry/backoff: it is none of linear, exponential, constant'],
      ],
      [{ timeout: '60' }, ['/timeout: it does not match ^[0-9]{1,9}(?:ms|s|m|h|d)$, as "30s" does']],
    ],
    skill: [
      [{ complexity: 'master' }, ['/complexity: it is none of beginner, intermediate, advanced, expert']],
      [{ proficiency: 'advanced' }, ['/proficiency: it is none of beginner, intermediate, expert']],
      [{ tokenCount: 4_001 }, ['/tokenCount: it is more than 4000']],
      [{ tokenCount: 4_000 }, []],
      [{ examples: [{ code: 'a' }] }, ['/examples/0/description: it is missing']],
      [
        { dependencies: ['acme/a@^1'], conflicts: ['acme/b', 'acme/a@^2'] },
        ['/conflicts/1: "acme/a" is needed and not wanted at once'],
      ],
      [
        { bundles: ['acme/a'], conflicts: ['acme/a'] },
        ['/conflicts/0: "acme/a" is needed and not wanted at once'],
      ],
      [{ conflicts: ['a b'] }, ['/conflicts/0: a name has no blanks in it']],
      [{ metadata: 'x' }, ['/metadata: it is text, and an object is wanted']],
    ],
    type: [
      [{ schema: true }, []],
      [{ schema: 3 }, ['/schema: it is a number, and an object or true or false is wanted']],
      [
        { schema: { type: 'objekt' } },
        [
          '/schema/type: it is none of array, boolean, integer, null, number, object, string; did you mean object?',
        ],
      ],
      [
        { schema: { properties: { a: { minimum: 'x' } } } },
        ['/schema/properties/a/minimum: it is text, and a number is wanted'],
      ],
      [
        { schema: { properties: { a: { $ref: '#/$defs/a' } } } },
        ['/schema/properties/a/$ref: "#/$defs/a" names nothing within the schema'],
      ],
      [{ schema: { $ref: 'https://example.org/a.json' } }, []],
      [{ schema: { $id: 'urn:a', properties: { a: { $ref: '#/x' } } } }, []],
      [{ schema: { pattern: '(?=a)' } }, []],
      [{ notation: 'gtype', schema: { type: 'union', anyOf: [] } }, []],
    ],
    interface: [
      [{ members: [{ type: 'a' }] }, ['/members/0/name: it is missing']],
      [{ members: [{ name: 'a' }, { name: 'a' }] }, ['/members/1/name: "a" is there twice']],
      [{ members: [{ name: 'a', kind: 'method' }, { name: 'a' }] }, ['/members/1/name: "a" is there twice']],
      [
        { members: [{ name: 'a', kind: 'property', parameters: [] }] },
        ['/members/0/parameters: a property has none; write kind: method'],
      ],
      [
        { members: [{ name: 'a', parameters: [{ name: 'x' }, { name: 'x' }] }] },
        ['/members/0/parameters/1/name: "x" is there twice'],
      ],
    ],
    enum: [
      [{}, ['/values: it is missing']],
      [{ values: [] }, ['/values: it is empty']],
      [
        { values: [{ name: 'a' }, { name: 'b', value: 1 }, { name: 'a' }] },
        ['/values/2/name: "a" is there twice'],
      ],
      [
        { values: [{ name: 'a', value: true }] },
        ['/values/0/value: it is true or false, and text or a number is wanted'],
      ],
      [
        {
          values: [
            { name: 'a', value: 1 },
            { name: 'b', value: 1 },
          ],
        },
        [],
      ],
    ],
    function: [
      [
        { parameters: [{ name: 'a', default: null }, { name: 'b' }, { name: 'c' }] },
        [
          '/parameters/1: it is needed, and follows one that may be left out',
          '/parameters/2: it is needed, and follows one that may be left out',
        ],
      ],
      [
        { parameters: [{ name: 'a', optional: true }, { name: 'b' }] },
        ['/parameters/1: it is needed, and follows one that may be left out'],
      ],
      [
        { parameters: [{ name: 'a', rest: true }, { name: 'b' }] },
        ['/parameters/0/rest: it takes all the rest, so it comes last'],
      ],
      [{ parameters: [{ name: 'a' }, { name: 'a' }] }, ['/parameters/1/name: "a" is there twice']],
      [{ throws: ['A', 'A'] }, ['/throws/1: it is there twice']],
    ],
    module: [
      [{ main: '../a.ts' }, ['/main: it leaves the module: write a path within it']],
      [{ main: '/a.ts' }, ['/main: it leaves the module: write a path within it']],
      [{ main: 'c:\\a.ts' }, ['/main: it leaves the module: write a path within it']],
      [{ main: 'a/..b.ts' }, []],
      [{ exports: ['a', 'a'] }, ['/exports/1: it is there twice']],
    ],
  }
  for (const [name, documents] of Object.entries(cases)) {
    it(`of the kind ${name} are checked beyond what its schema says`, async () => {
      for (const [document, expected] of documents) {
        const told = await problems(name, document)
        assert.deepEqual(told.sort(), [...expected].sort(), JSON.stringify(document).slice(0, 200))
      }
    })
  }

  it('of the kind skill have a source whose front matter others can read', async () => {
    const source = (...lines: string[]): string => ['---', ...lines, '---', '# Body'].join('\n')
    const wanted = (name: string): string =>
      `: the front matter of the source wants a name of at most 64 of a-z 0-9 and single hyphens between them, not ${JSON.stringify(name)}`
    const description = 'description: Draws boundaries'
    const told: [string, string[]][] = [
      ['', []],
      ['# No front matter\nname: X', []],
      ['---\nname: X\nnever closed', []],
      [source('name: threat-modelling', description), []],
      [`\ufeff${source('name: a', description).replaceAll('\n', '\r\n')}`, []],
      [source('name: "quoted"', "description: 'a: b'"), []],
      [source('name: a', 'description: >-', '  over several', '', '  lines', 'license: MIT'), []],
      [source('name: a', 'description:', '  on the next line'), []],
      [
        source('name: a', 'metadata:', '  description: not this one'),
        [': the front matter of the source wants a description'],
      ],
      [source(description), [wanted('')]],
      [source('name: Threat', description), [wanted('Threat')]],
      [source('name: a--b', description), [wanted('a--b')]],
      [source('name: -a', description), [wanted('-a')]],
      [source(`name: ${'a'.repeat(65)}`, description), [wanted('a'.repeat(65))]],
      [source('name: a', 'description: ""'), [': the front matter of the source wants a description']],
      [
        source('name: a', `description: ${'a'.repeat(1_025)}`),
        [': the description in the front matter is longer than 1024 characters'],
      ],
    ]
    for (const [text, expected] of told)
      assert.deepEqual(await problems('skill', undefined, text), expected, text.slice(0, 80))
    assert.deepEqual(await problems('skill', { complexity: 1 }, source('name: a')), [
      '/complexity: it is none of beginner, intermediate, advanced, expert',
      ': the front matter of the source wants a description',
    ])
  })

  it('are checked by schemas that can be shown and used by others, whose lists all end', async () => {
    for (const { name, schema, about } of builtInKinds) {
      assert.ok(about.length > 5, name)
      const shown = await schema()
      if (shown === undefined) continue
      assert.deepEqual(JSON.parse(JSON.stringify(shown)), shown, name)
      assert.deepEqual([...problemsAsSchema(shown, 5), ...schemaProblems(shown)], [], name)
      for (const { schema: one } of everySchema(shown))
        if (one['type'] === 'array') assert.ok(Number(one['maxItems']) <= 10_000, name)
    }
  })

  it('say how their version is pulled, by a tag that stands for it', async () => {
    const target = { host: 'h:7070', slug: 'deep/thing', version: '1.0.0+b' }
    const lines = builtInKinds.map(({ name, install }) =>
      install({ ...target, repository: `${name}/acme/deep/thing` }).map(
        ({ what, with: line }) => `${what}: ${line}`,
      ),
    )
    const oras = (name: string): string[] => [`oras: oras pull h:7070/${name}/acme/deep/thing:1.0.0__2bb`]
    assert.deepEqual(lines, [
      ...['persona', 'team', 'workflow'].map(oras),
      ['oras: oras pull -o .agents/skills/thing h:7070/skill/acme/deep/thing:1.0.0__2bb'],
      ...['type', 'interface', 'enum', 'function', 'module'].map(oras),
      ['docker: docker pull h:7070/image/acme/deep/thing:1.0.0__2bb'],
      ['helm: helm install thing oci://h:7070/chart/acme/deep/thing --version 1.0.0+b'],
      oras('file'),
    ])
  })

  it('have sources with a name, of which only images and charts are no text', async () => {
    assert.deepEqual(
      builtInKinds.map(({ name, fileName, textSource }) => `${name} ${fileName('a/b')} ${textSource}`),
      [
        ...['persona', 'team', 'workflow'].map((name) => `${name} a-b.pcl true`),
        'skill SKILL.md true',
        ...['type', 'interface', 'enum', 'function', 'module'].map((name) => `${name} a-b.ts true`),
        'image a-b.tar false',
        'chart a-b.tgz false',
        'file a-b.bin true',
      ],
    )
  })
})
