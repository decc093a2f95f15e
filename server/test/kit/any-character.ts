import fc from 'fast-check'

const surrogates = { first: 0xd800, many: 0x800 }
const last = 0x10_ffff

/**
 * Any character of Unicode, as a unit of `fc.string`. fast-check's own `binary` gives the same ones, and keeps a table of
 * all million of them: a second to make, and 100 MB that every full collection of the process has to pass.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.integer({ min: 0, max: last - surrogates.many }).map(
  (number) => String.fromCodePoint(number < surrogates.first ? number : number + surrogates.many),
  (character) => {
    const [only = '', ...more] = Array.from(character as string)
    const point = only.codePointAt(0)
    if (point === undefined || more.length > 0 || !only.isWellFormed()) throw new Error('not one character')
    return point < surrogates.first ? point : point - surrogates.many
  },
)
