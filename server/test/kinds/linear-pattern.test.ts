import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { linearPattern, mostPatternStates } from '../../src/kinds/shared/pattern/linear-pattern.ts'
import { longestPattern, PatternRefused } from '../../src/kinds/shared/pattern/parse-pattern.ts'
import { Steps, TooManySteps } from '../../src/kinds/shared/steps.ts'

const unlimited = (): void => undefined

function test(pattern: string, text: string): boolean {
  return linearPattern(pattern).test(text, unlimited)
}

const atom = fc.constantFrom(
  ...['a', 'b', '.', '\\d', '\\w', '\\W', '\\s', '[ab]', '[^a]', '[a-c0-9]', '[\\]\\\\]', '\\.', '\\-'],
  ...[
    '\\u0061',
    '\\x62',
    '\\u{1F600}',
    '\\uD83D\\uDE00',
    '\\p{L}',
    '\\P{Lu}',
    '\\n',
    '\\cJ',
    '\\0',
    '🙂',
    '[🙂b]',
    '-',
  ],
)
const assertion = fc.constantFrom('^', '$', '\\b', '\\B')
const quantifier = fc.constantFrom(
  '*',
  '+',
  '?',
  '{2}',
  '{1,}',
  '{0,2}',
  '{2,3}',
  '*?',
  '+?',
  '??',
  '{0}',
  '{1,2}?',
)
const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    {
      arbitrary: fc.tuple(atom, fc.option(quantifier, { nil: '' })).map((parts) => parts.join('')),
      weight: 5,
    },
    { arbitrary: assertion, weight: 1 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('(', '(?:', '(?<x>'), tie('pattern'), fc.option(quantifier, { nil: '' }))
        .map(([open, inner, times]) => `${open}${inner})${times}`),
      weight: 2,
    },
  ),
  pattern: fc
    .array(
      fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((ways) => ways.join('|')),
}))
const subject = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    'A',
    '0',
    '9',
    ' ',
    '\n',
    '\u2028',
    '.',
    '-',
    ']',
    '\\',
    '🙂',
    '\ud83d',
    'é',
    '\0',
  ),
  maxLength: 8,
})

describe('linear pattern', () => {
  it('answers as the engine of the language does', () => {
    let matched = 0
    let compared = 0
    fc.assert(
      fc.property(pattern, subject, (text, given) => {
        let expected: RegExp
        try {
          expected = new RegExp(text, 'u')
        } catch {
          // A group name twice, and the like.
          assert.throws(() => linearPattern(text), PatternRefused)
          return
        }
        compared++
        const does = expected.test(given)
        if (does) matched++
        assert.equal(test(text, given), does, `${text} on ${JSON.stringify(given)}`)
      }),
      { numRuns: 3_000 },
    )
    assert.ok(matched > 200 && compared - matched > 200, `${matched} of ${compared} matched`)
  })

  it('takes as many steps as the text is long, times its parts, where others look back for ever', () => {
    const baits = [
      '^(a+)+$',
      '(a|a)*b',
      '(a|aa)+$',
      '^(a*)*b',
      '(.*)(.*)(.*)(.*)x',
      '(?:a?){50}a{50}$',
      '(\\w+\\s?)*!',
    ]
    for (const bait of baits) {
      const { states, test: matches } = linearPattern(bait)
      for (const length of [100, 10_000]) {
        const steps = new Steps((length + 2) * (states + 1))
        matches(`${'a'.repeat(length)}!`, steps.spend)
        assert.ok(steps.taken > 0)
      }
    }
  })

  it('stops where it may take no more steps', () => {
    const steps = new Steps(1_000)
    assert.throws(() => linearPattern('b').test('a'.repeat(1_000), steps.spend), TooManySteps)
    assert.ok(steps.taken <= 1_002)
  })

  it('refuses what only looking back can decide, and what is too large', () => {
    const refusals: [string, RegExp][] = [
      ['(?=a)b', /looks ahead or behind/],
      ['(?!a)b', /looks ahead or behind/],
      ['(?<=a)b', /looks ahead or behind/],
      ['(?<!a)b', /looks ahead or behind/],
      ['(a)\\1', /refers to what a group has matched/],
      ['(?<x>a)\\k<x>', /refers to what a group has matched/],
      ['(?i:a)', /changes its flags/],
      ['a(', /no regular expression/],
      ['\\_', /no regular expression/],
      ['a{2,1}', /no regular expression/],
      ['a'.repeat(longestPattern + 1), /longer than 1000/],
      [`${'('.repeat(60)}a${')'.repeat(60)}`, /nested deeper than 50/],
      [`a{${mostPatternStates + 1}}`, /more than 2000 parts/],
      ['((a{50}){50}){50}', /more than 2000 parts/],
      ['(){1000000000}', /more than 2000 parts/],
      ['(((){999}){999}){999}', /more than 2000 parts/],
      ['a{0,1000000000}', /more than 2000 parts/],
    ]
    for (const [text, message] of refusals) {
      assert.throws(
        () => linearPattern(text),
        (error) => error instanceof PatternRefused && message.test(error.message),
        text,
      )
    }
  })

  it('never throws anything but its refusal, whatever the pattern is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab(){}[]|*+?\\^$.,:<>=!-019kuxp') }),
        subject,
        (text, given) => {
          try {
            linearPattern(text).test(given, unlimited)
          } catch (error) {
            assert.ok(error instanceof PatternRefused, String(error))
            return
          }
          assert.equal(test(text, given), new RegExp(text, 'u').test(given), text)
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
