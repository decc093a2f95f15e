import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayBeNear, nearPieces } from '../../../src/adapters/search/shared/near-pieces.ts'
import { Chance } from '../../../src/core/seed/chance.ts'
import { editDistance } from '../../../src/domain/edit-distance.ts'

const letters = [...'abcd']

/** One letter left out, added, another, or two that are swapped. */
function edited(word: readonly string[], chance: Chance): readonly string[] {
  const at = chance.int(word.length + 1)
  const letter = letters[chance.int(letters.length)] ?? 'a'
  const [one = letter, other = letter] = word.slice(at, at + 2)
  switch (chance.int(4)) {
    case 0:
      return word.toSpliced(at, 1)
    case 1:
      return word.toSpliced(at, 0, letter)
    case 2:
      return word.toSpliced(at, 1, letter)
    default:
      return word.toSpliced(at, 2, other, one)
  }
}

test('whatever is near enough may be near, by its pieces, and most that is not may not', () => {
  const chance = new Chance('near pieces', 1)
  let [near, far, told] = [0, 0, 0]
  for (let turn = 0; turn < 40_000; turn++) {
    const word = Array.from({ length: 1 + chance.int(10) }, () => letters[chance.int(letters.length)] ?? 'a')
    const edits = chance.int(2) === 0 ? 1 : 2
    let other: readonly string[] = word
    const changes = chance.int(5)
    for (let change = 0; change < changes; change++) other = edited(other, chance)
    const [one, two] = [word.join(''), other.join('')]
    const isSo = mayBeNear(nearPieces(word, edits), two)
    if (editDistance(one, two, edits) <= edits) {
      near++
      assert.ok(isSo, `${one} ${two} ${edits}`)
    } else {
      far++
      if (!isSo) told++
    }
  }
  assert.ok(near > 10_000 && far > 2_000 && told > far / 4, `${near} ${far} ${told}`)
})
