import { Chance } from '../../../server/src/core/seed/chance.ts'

/** As people write them, with their signs. */
export function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

/** A word that looks like one and is new: the head of one of these with the tail of another. Of a number always the same. */
export function coinedWord(words: readonly [string, ...string[]], number: number): string {
  const chance = new Chance('coined', number)
  const [head, tail] = [letters(chance.pick(words)), letters(chance.pick(words))]
  return head.slice(0, Math.ceil(head.length * 0.6)) + tail.slice(Math.floor(tail.length * 0.4))
}

const letters = (word: string): string => word.toLowerCase().replaceAll(/[^a-z]/g, '') || 'word'
