import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Check } from 'typebox/schema'
import { Settings } from 'typebox/system'
import { isJsonObject, type JsonObject } from '../../src/domain/strict-json.ts'
import type { Problem } from '../../src/kinds/kind.ts'
import { problemsAsSchema } from '../../src/kinds/shared/schema/any-schema.ts'
import { compileSchema, longestCheck } from '../../src/kinds/shared/schema/compile-schema.ts'
import { valueAt } from '../../src/kinds/shared/schema/held-schemas.ts'
import { schemaProblems, whyTooMuch } from '../../src/kinds/shared/schema/schema-problems.ts'

function problems(schema: JsonObject | boolean, value: unknown, limit = 20): string[] {
  return compileSchema(asObject(schema))(value, limit).map(written)
}

function asObject(schema: JsonObject | boolean): JsonObject {
  return typeof schema === 'boolean' ? { allOf: [schema] } : schema
}

function refusals(schema: unknown, limit = 20): string[] {
  const found = [...problemsAsSchema(schema, limit)]
  const tooMuch = isJsonObject(schema) ? whyTooMuch(schema) : undefined
  if (tooMuch !== undefined) return [`: ${tooMuch}`]
  if (found.length === 0 && isJsonObject(schema)) found.push(...schemaProblems(schema))
  assert.ok(found.length > 0, 'it was taken')
  return found.map(written)
}

const written = ({ path, reason }: Problem): string => `${path}: ${reason}`

const member = fc.constantFrom('a', 'b', 'ab', 'c')
const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 3, 0.5, -1, '', 'a', 'ab', 'abc', '🙂'),
  fc.integer({ min: -3, max: 6 }),
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(member, tie('value'), { maxKeys: 4 }),
  ),
}))
/** The name of a keyword that nobody awaits. */
const consequence = 'then'
const small = fc.nat({ max: 3 })
type Entry = [string, unknown]
const { schema } = fc.letrec<{ schema: unknown; entry: Entry }>((tie) => {
  const inner = tie('schema')
  const some = fc.array(inner, { minLength: 1, maxLength: 3 })
  const ofMembers = fc.dictionary(member, inner, { maxKeys: 3 })
  const names = fc.uniqueArray(member, { maxLength: 2 })
  const is = <T>(keyword: string, values: fc.Arbitrary<T>): fc.Arbitrary<Entry> =>
    values.map((one) => [keyword, one])
  return {
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: fc.boolean(), weight: 1 },
      { arbitrary: fc.constantFrom({ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }), weight: 1 },
      {
        arbitrary: fc.array(tie('entry'), { maxLength: 4 }).map((all) => Object.fromEntries(all)),
        weight: 6,
      },
    ),
    entry: fc.oneof(
      is(
        'type',
        fc.constantFrom<unknown>('object', 'array', 'string', 'number', 'integer', 'boolean', 'null'),
      ),
      is('type', fc.constantFrom(['string', 'null'], ['object', 'array', 'integer'])),
      is('enum', fc.array(value, { minLength: 1, maxLength: 3 })),
      is('const', value),
      is('multipleOf', fc.constantFrom(1, 2, 0.5, 0.1)),
      ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].map((keyword) => is(keyword, small)),
      ...['minLength', 'maxLength', 'minItems', 'maxItems'].map((keyword) => is(keyword, small)),
      ...['minProperties', 'maxProperties'].map((keyword) => is(keyword, small)),
      is('pattern', fc.constantFrom('^a', 'b$', '^(a|ab)*$', '[^a]')),
      ...['items', 'contains', 'additionalProperties', 'propertyNames', 'not'].map((keyword) =>
        is(keyword, inner),
      ),
      ...['prefixItems', 'allOf', 'anyOf', 'oneOf'].map((keyword) => is(keyword, some)),
      ...['if', 'then', 'else'].map((keyword) => is(keyword, inner)),
      ...['minContains', 'maxContains'].map((keyword) => is(keyword, small)),
      is('uniqueItems', fc.boolean()),
      is('properties', ofMembers),
      is('patternProperties', fc.dictionary(fc.constantFrom('^a', 'b'), inner, { maxKeys: 2 })),
      is('required', names),
      is('dependentRequired', fc.dictionary(member, names, { maxKeys: 2 })),
      is('dependentSchemas', fc.dictionary(member, inner, { maxKeys: 2 })),
    ),
  }
})
const whole = fc
  .tuple(schema, schema, schema)
  .map(([root, a, b]) => ({ $defs: { a, b }, ...(typeof root === 'object' ? root : { allOf: [root] }) }))

describe('JSON Schema', () => {
  it('is checked as TypeBox does, of which lists with no entry twice are asked about otherwise', () => {
    const counts = { fits: 0, not: 0, circles: 0 }
    fc.assert(
      fc.property(whole, fc.array(value, { minLength: 3, maxLength: 6 }), (given, documents) => {
        const [refused] = schemaProblems(given)
        if (refused !== undefined) {
          assert.match(refused.reason, /refers to itself/)
          counts.circles++
          return
        }
        const find = compileSchema(given)
        for (const document of documents) {
          const expected = Check(given, document)
          const found = find(document, 20)
          assert.equal(found.length === 0, expected, JSON.stringify({ given, document, found }))
          if (expected) counts.fits++
          else counts.not++
          // Asked for one, it tells the first of all.
          assert.deepEqual(find(document, 1), found.slice(0, 1))
          for (const { path, reason } of found) {
            assert.ok(reason.length > 5 && !reason.includes('undefined'), reason)
            if (!/missing|member/.test(reason)) assert.notEqual(valueAt(document, path), undefined, path)
          }
        }
      }),
      { numRuns: 1_000 },
    )
    assert.ok(counts.fits > 500 && counts.not > 500 && counts.circles > 10, JSON.stringify(counts))
  })

  it('says of each keyword where a value is wrong and what is wanted', () => {
    const cases: [JsonObject | boolean, unknown, string[]][] = [
      [{ type: 'string' }, 3, [': it is a number, and text is wanted']],
      [{ type: ['string', 'null'] }, [], [': it is a list, and text or null is wanted']],
      [{ type: 'integer' }, 1.5, [': it is a number, and a whole number is wanted']],
      [{ type: 'object' }, undefined, [': it is nothing, and an object is wanted']],
      [{ type: 'number' }, 10n, [': it is bigint, and a number is wanted']],
      [
        { enum: ['linear', 'constant', 3, 'two words'] },
        'liner',
        [': it is none of linear, constant, 3, "two words"; did you mean linear?'],
      ],
      [{ enum: [{ a: [1, 2], b: 1 }] }, { b: 1, a: [1, 2] }, []],
      [{ enum: [{ a: 1 }] }, { a: 2 }, [': it is none of an object']],
      [{ const: { a: 1, b: 2 } }, { b: 2, a: 1 }, []],
      [{ const: 'x y' }, 'x', [': it is not "x y"']],
      [{ maximum: 3 }, 4, [': it is more than 3']],
      [{ exclusiveMaximum: 3 }, 3, [': it is not less than 3']],
      [{ minimum: 3 }, 2, [': it is less than 3']],
      [{ exclusiveMinimum: 3 }, 3, [': it is not more than 3']],
      [{ multipleOf: 0.1 }, 0.3, []],
      [{ multipleOf: 5 }, 12, [': it is no multiple of 5']],
      [{ multipleOf: 2 ** -1074 }, 2 ** 1000, []],
      [{ maxLength: 1 }, '🙂', []],
      [{ maxLength: 1 }, 'ab', [': it is longer than 1 character']],
      [{ minLength: 1 }, '', [': it is empty']],
      [{ minLength: 2 }, '🙂', [': it is shorter than 2 characters']],
      [{ pattern: '^a+$' }, 'b', [': it does not match ^a+$']],
      [{ pattern: '^a+$', examples: ['aa'] }, 'b', [': it does not match ^a+$, as "aa" does']],
      [
        { items: { type: 'string' } },
        ['a', 1, 2],
        ['/1: it is a number, and text is wanted', '/2: it is a number, and text is wanted'],
      ],
      [
        { prefixItems: [{ const: 1 }], items: false },
        [2, 3],
        ['/1: nothing is allowed here', '/0: it is not 1'],
      ],
      [{ items: [{ const: 1 }], additionalItems: { const: 2 } }, [1, 3], ['/1: it is not 2']],
      [{ additionalItems: false }, [1], []],
      [{ maxItems: 1 }, [1, 2], [': it has more than 1 entry']],
      [{ minItems: 1 }, [], [': it is empty']],
      [{ minItems: 3 }, [1], [': it has fewer than 3 entries']],
      [{ uniqueItems: true }, [{ a: 1, b: 2 }, 1, { b: 2, a: 1 }], ['/2: it is there twice']],
      [{ contains: { const: 1 } }, [2], [': of those that it must have it wants 1 entry']],
      [
        { contains: { const: 1 }, maxContains: 1 },
        [1, 1],
        [': of those that it must have it wants 1 entry, and at most 1 entry'],
      ],
      [{ required: ['a', 'b'] }, { a: 1 }, ['/b: it is missing']],
      [{ required: ['__proto__'] }, {}, ['/__proto__: it is missing']],
      [{ dependentRequired: { a: ['b'] } }, { a: 1 }, ['/b: it is missing, and goes with a']],
      [
        { dependencies: { a: ['b'], c: { required: ['d'] } } },
        { a: 1, c: 1 },
        ['/b: it is missing, and goes with a', '/d: it is missing'],
      ],
      [{ dependentSchemas: { a: { maxProperties: 1 } } }, { a: 1, b: 2 }, [': it has more than 1 member']],
      [{ minProperties: 2 }, { a: 1 }, [': it has fewer than 2 members']],
      [
        { properties: { 'a/b~c': { type: 'null' } } },
        { 'a/b~c': 1 },
        ['/a~1b~0c: it is a number, and null is wanted'],
      ],
      [
        { patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
        { 'x-a': 1, y: 2 },
        ['/y: no member is allowed here', '/x-a: it is a number, and text is wanted'],
      ],
      [
        { properties: { members: {} }, additionalProperties: false },
        { membres: 1 },
        ['/membres: there is no such member; did you mean members?'],
      ],
      [
        { properties: { a: {}, b: {} }, additionalProperties: false },
        { zebra: 1 },
        ['/zebra: there is no such member; there are a, b'],
      ],
      [{ additionalProperties: { type: 'string' } }, { a: 1 }, ['/a: it is a number, and text is wanted']],
      [{ propertyNames: { pattern: '^[a-z]+$' } }, { A: 1, b: 2 }, ['/A: a member may not be called so']],
      [
        { allOf: [{ minimum: 3 }, { multipleOf: 2 }] },
        1,
        [': it is less than 3', ': it is no multiple of 2'],
      ],
      [{ anyOf: [{ type: 'string' }, { type: 'object', required: ['a'] }] }, {}, ['/a: it is missing']],
      [
        {
          anyOf: [
            { type: 'string', maxLength: 1 },
            { type: 'string', pattern: '^a' },
          ],
        },
        'bb',
        [': it is none of what it may be: text'],
      ],
      [
        { anyOf: [{ const: 'x' }, { enum: [1, 2] }, { title: 'a thing', type: 'object' }, {}, false] },
        [],
        [],
      ],
      [
        { anyOf: [{ const: 'x' }, { enum: [1, 2] }, { title: 'a thing', type: 'object' }, false] },
        [],
        [': it is none of what it may be: x, or 1, 2, or a thing, or nothing'],
      ],
      [
        { anyOf: [{ $ref: '#/$defs/n' }, { type: 'boolean' }], $defs: { n: { type: 'number', minimum: 3 } } },
        1,
        [': it is less than 3'],
      ],
      [
        {
          oneOf: [
            { type: 'object', properties: { is: { const: 'a' }, x: { type: 'string' } } },
            { type: 'object', properties: { is: { const: 'b' }, x: { type: 'number' } }, required: ['y'] },
          ],
        },
        { is: 'b', x: 1 },
        ['/y: it is missing'],
      ],
      [
        { oneOf: [{ minimum: 1 }, { minimum: 2 }] },
        3,
        [': it is 2 of the forms at once that it may have, and one is wanted'],
      ],
      [{ oneOf: [{ not: {} }, { required: ['a'] }] }, {}, [': it is none of what it may be: another form']],
      [{ not: { type: 'string', title: 'text' } }, 'a', [': it is what it must not be: text']],
      [{ not: true }, 'a', [': it is what it must not be']],
      [
        { if: { type: 'string' }, [consequence]: { minLength: 2 }, else: { minimum: 2 } },
        'a',
        [': it is not as it has to be in this case'],
      ],
      [
        { if: { type: 'string' }, [consequence]: { minLength: 2 }, else: { minimum: 2 } },
        1,
        [': it is less than 2'],
      ],
      [{ if: { type: 'string' } }, 'a', []],
      [
        { allOf: [{ properties: { a: {} } }], unevaluatedProperties: false },
        { a: 1, b: 2 },
        ['/b: there is no such member'],
      ],
      [{ prefixItems: [true], unevaluatedItems: { const: 1 } }, [0, 1, 2], ['/2: nothing is allowed here']],
      [
        {
          $schema: 'http://json-schema.org/draft-07/schema#',
          $ref: '#/definitions/a',
          minimum: 9,
          definitions: { a: {} },
        },
        1,
        [': it is less than 9'],
      ],
      [
        {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          $ref: '#/definitions/a',
          minimum: 9,
          definitions: { a: {} },
        },
        1,
        [': it is less than 9'],
      ],
      [
        { properties: { more: { $ref: '#' } }, required: ['a'] },
        { a: 1, more: { more: { a: 1 } } },
        ['/more/a: it is missing'],
      ],
      [
        { $defs: { 'a b/c': { type: 'null' } }, $ref: '#/$defs/a%20b~1c' },
        1,
        [': it is a number, and null is wanted'],
      ],
      [
        { $defs: { none: false }, properties: { a: { $ref: '#/$defs/none' } } },
        { a: 1 },
        ['/a: nothing is allowed here'],
      ],
    ]
    for (const [given, document, expected] of cases) {
      assert.deepEqual(problems(given, document), expected, JSON.stringify(given))
    }
  })

  it('knows the common formats, and takes the others for words', () => {
    const cases: [string, string[], string[]][] = [
      ['date-time', ['2026-11-01T12:00:00Z'], ['2026-11-01', '2026-13-01T00:00:00Z']],
      ['date', ['2024-02-29'], ['2023-02-29', '2024-2-9']],
      ['time', ['12:00:00Z', '12:00:00+01:00'], ['25:00:00Z', 'noon']],
      ['email', ['a@example.org'], ['a', '@b', 'a b@c']],
      ['hostname', ['a.example.org'], ['-a', 'a..b', `${'a'.repeat(64)}.b`]],
      ['ipv4', ['192.0.2.1'], ['192.0.2', '256.0.0.1', '01.2.3.4']],
      ['ipv6', ['::1', '2001:db8::1'], ['1', ':::', 'g::1']],
      ['uri', ['https://example.org/', 'urn:a:b'], ['/a', 'a b:c', 'http://[']],
      ['uri-reference', ['/a', 'b?c#d'], ['a b', 'http://[']],
      ['uuid', ['0193a6c2-7b8e-7cc1-8d7e-1f2a3b4c5d6e'], ['0193a6c2']],
      ['regex', ['^a+$'], ['(']],
      ['of-our-own', ['anything'], []],
    ]
    for (const [format, good, bad] of cases) {
      for (const text of good) assert.deepEqual(problems({ format }, text), [], `${format} ${text}`)
      for (const text of bad)
        assert.deepEqual(problems({ format }, text), [`: it is no ${format}`], `${format} ${text}`)
    }
    assert.deepEqual(problems({ format: 'uri', examples: ['urn:a'] }, 'x'), [
      ': it is no uri, such as "urn:a"',
    ])
    assert.deepEqual(problems({ format: 'uri' }, 3), [])
  })

  it('refuses a schema that is none, with where and what', () => {
    const cases: [unknown, string[]][] = [
      [3, [': it is a number, and an object or true or false is wanted']],
      [[], [': it is a list, and an object or true or false is wanted']],
      [
        { type: 'strin' },
        ['/type: it is none of array, boolean, integer, null, number, object, string; did you mean string?'],
      ],
      [{ type: [] }, ['/type: it is empty']],
      [{ properties: { a: { minLength: -1 } } }, ['/properties/a/minLength: it is less than 0']],
      [{ properties: [] }, ['/properties: it is a list, and an object is wanted']],
      [{ properties: { a: 1 } }, ['/properties/a: it is a number, and an object or true or false is wanted']],
      [{ allOf: [] }, ['/allOf: it is empty']],
      [{ prefixItems: [] }, ['/prefixItems: it is empty']],
      [{ required: ['a', 'a'] }, ['/required/1: it is there twice']],
      [{ multipleOf: 0 }, ['/multipleOf: it is not more than 0']],
      [
        { minimum: '1', exclusiveMinimum: true },
        [
          '/minimum: it is text, and a number is wanted',
          '/exclusiveMinimum: it is true or false, and a number is wanted',
        ],
      ],
      [{ items: 3 }, ['/items: it is none of what it may be: a schema, or a list']],
      [{ dependentRequired: { a: 1 } }, ['/dependentRequired/a: it is a number, and a list is wanted']],
      [
        { $schema: 'http://json-schema.org/draft-04/schema#' },
        [
          '/$schema: "http://json-schema.org/draft-04/schema#" is none of the dialects that are known: https://json-schema.org/draft/2020-12/schema, https://json-schema.org/draft/2019-09/schema, http://json-schema.org/draft-07/schema, http://json-schema.org/draft-06/schema',
        ],
      ],
      [{ properties: { toString: {} } }, ['/properties: no member may be called toString']],
      [{ required: ['valueOf'] }, ['/properties: no member may be called valueOf']],
      [
        { $id: 'urn:a', properties: { a: { $id: 'urn:b' } } },
        ['/properties/a/$id: only the schema as a whole may have an $id'],
      ],
      [{ $dynamicRef: '#a' }, ['/$dynamicRef: $dynamicRef is not taken here: use $ref']],
      [
        { properties: { a: { $ref: 'https://example.org/a.json' } } },
        [
          '/properties/a/$ref: "https://example.org/a.json" is elsewhere, and nothing is fetched: put it below $defs and write #/$defs/…',
        ],
      ],
      [
        { $ref: 'other.json#/a' },
        [
          '/$ref: "other.json#/a" is elsewhere, and nothing is fetched: put it below $defs and write #/$defs/…',
        ],
      ],
      [{ $ref: '#/$defs/a' }, ['/$ref: "#/$defs/a" names no schema within this file']],
      [{ $ref: '#a' }, ['/$ref: "#a" names no schema within this file']],
      [{ $ref: '#/%' }, ['/$ref: "#/%" names no schema within this file']],
      [{ $ref: '#%' }, ['/$ref: "#%" names no schema within this file']],
      [{ $ref: '#/enum/0', enum: [{}] }, ['/$ref: "#/enum/0" names no schema within this file']],
      [{ $ref: '#/__proto__' }, ['/$ref: "#/__proto__" names no schema within this file']],
      [{ pattern: '(' }, ['/pattern: it is no regex']],
      [{ patternProperties: { '(': true } }, ['/patternProperties/(: a member may not be called so']],
      [{ $ref: '#' }, [': it refers to itself, for the same value']],
      [
        { $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } } },
        ['/$defs/b: it refers to itself, for the same value'],
      ],
    ]
    for (const [given, expected] of cases) assert.deepEqual(refusals(given), expected, JSON.stringify(given))
    assert.deepEqual(refusals({ minimum: '1', maximum: '2', minLength: '3' }, 2).length, 2)
  })

  it('refuses a schema that is more than is looked at', () => {
    let deep: JsonObject = {}
    for (let depth = 0; depth < 60; depth++) deep = { not: deep }
    assert.deepEqual(refusals(deep), [
      ': it has more than 50 schemas about the same value, one within the other',
    ])
    const chained = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`a${at}`, at === 59 ? {} : { $ref: `#/$defs/a${at + 1}` }]),
    )
    assert.match(refusals({ $ref: '#/$defs/a0', $defs: chained })[0] ?? '', /more than 50 schemas about/)
    const many = (count: number): JsonObject => ({
      properties: Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, {}])),
    })
    assert.equal(whyTooMuch(many(9_999)), undefined)
    assert.equal(whyTooMuch(many(10_000)), 'it has more than 10000 schemas within it')
    assert.equal(whyTooMuch({ title: 'a'.repeat(1_048_576) }), 'it is longer than 1048576 characters')
    const [large] = refusals({ properties: { a: { pattern: 'x'.repeat(1_000_000) } } })
    assert.match(large ?? '', /^\/properties\/a\/pattern: it cannot be used: Invalid regular .{0,300}…$/)
    let nested: unknown = {}
    for (let depth = 0; depth < 100_000; depth++) nested = depth % 2 === 0 ? [nested] : { a: nested }
    assert.equal(whyTooMuch({ default: nested }), 'it is nested deeper than 100')
  })

  it('is stopped where a document would keep it busy', () => {
    const doubling = {
      $defs: {
        tree: {
          anyOf: [
            { properties: { a: { $ref: '#/$defs/tree' }, no: false }, required: ['no'] },
            { properties: { a: { $ref: '#/$defs/tree' } }, required: ['no'] },
          ],
        },
      },
      $ref: '#/$defs/tree',
    }
    let nested: unknown = {}
    for (let depth = 0; depth < 60; depth++) nested = { a: nested }
    const pattern = { type: 'string', pattern: '^(?:a+)+$' }
    const cases: [JsonObject, unknown][] = [
      [doubling, nested],
      [pattern, `${'a'.repeat(50)}b`],
    ]
    for (const [given, document] of cases) {
      const find = compileSchema(given, 30)
      const told = [{ path: '', reason: 'it takes more than 30 ms to check' }]
      assert.deepEqual(find(document, 5), told)
      assert.notDeepEqual(compileSchema(given, longestCheck)('ab', 5), told)
    }
    // Who was stopped is not asked with less time, or another's answer, the next time.
    const find = compileSchema(pattern, longestCheck)
    assert.deepEqual(find('aaa', 5), [])
    assert.deepEqual(find('b', 5), [{ path: '', reason: 'it does not match ^(?:a+)+$' }])
  })

  it('finds entries that are there twice in time by the length of the list', () => {
    const find = compileSchema({ type: 'array', uniqueItems: true })
    const list = Array.from({ length: 20_000 }, (_, at) => ({ b: at, a: 1 }))
    assert.deepEqual(find(list, 5), [])
    assert.deepEqual(find([...list, { a: 1, b: 7 }], 5), [{ path: '/20000', reason: 'it is there twice' }])
  })

  it('leaves to others how many errors they want', () => {
    const before = Settings.Get().maxErrors
    compileSchema({ type: 'string' })(1, 5)
    assert.equal(Settings.Get().maxErrors, before)
  })

  it('never tells a megabyte', () => {
    const long = 'x'.repeat(1_000_000)
    const told = [
      ...problems({ additionalProperties: false, properties: { a: {} } }, { [long]: 1, [`${long}/`]: 2 }),
      ...problems({ enum: [long] }, 'y'),
      ...problems({ const: long }, 'y'),
      ...problems({ enum: ['a'] }, long),
      ...problems(
        { anyOf: [{ title: long, type: 'null' }, { enum: [long, `${long}a`] }, { const: long }] },
        'y',
      ),
      ...problems({ dependentRequired: { [long]: [`${long}b`] } }, { [long]: 1 }),
      ...problems(
        { properties: { [long]: { properties: { [long]: { type: 'null' } } } } },
        { [long]: { [long]: 1 } },
      ),
      ...refusals({ $ref: `#/${long}` }),
      ...refusals({ $schema: long }),
      ...refusals({ $ref: long }),
      ...problems({ pattern: 'x'.repeat(10_000) }, 'y'),
      ...refusals({ properties: { [long]: { type: long } } }),
    ]
    assert.ok(told.length >= 12)
    for (const one of told) assert.ok(one.length < 2_000, `${one.length} characters: ${one.slice(0, 100)}`)
  })

  it('throws for no JSON at all, as a schema or as a document', () => {
    const keyed = fc.dictionary(
      fc.constantFrom(
        'type',
        'items',
        'properties',
        '$ref',
        'enum',
        'allOf',
        'required',
        'pattern',
        '__proto__',
        'dependencies',
        'not',
        'if',
      ),
      fc.oneof(fc.jsonValue(), fc.constantFrom('#', '#/properties/a', [], {}, [true], { a: true }, ['a'])),
    )
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), keyed), fc.jsonValue(), (given, document) => {
        const problems = problemsAsSchema(given, 5)
        assert.ok(problems.length <= 5)
        if (problems.length > 0 || !isJsonObject(given)) return
        assert.equal(whyTooMuch(given), undefined)
        if (schemaProblems(given).next().done === true) compileSchema(given)(document, 5)
      }),
      { numRuns: 1_000 },
    )
  })
})
