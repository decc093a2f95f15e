import { gapWord } from '../../../ports/search/search.ts'
import { splitText } from './split-text.ts'

/** A word with the blank behind it is seldom longer. */
const longestStep = 32

/**
 * The words of texts that stand beside each other, as an index takes them: one after the other with gaps between the texts,
 * then what was written in one piece, each by itself.
 * @param most words; what comes after them is not found
 */
export function fieldWords(texts: readonly string[], most: number): string {
  const words: string[] = []
  const wholes = new Set<string>()
  for (const text of texts) {
    if (words.length >= most) break
    if (words.length > 0) words.push(gapWord)
    // A run can be as long as its text: no more is taken apart than may have so many words.
    for (const run of splitText(text.slice(0, most * longestStep))) {
      for (const { word } of run.words) words.push(word)
      if (run.whole !== undefined) wholes.add(run.whole.word)
      if (words.length >= most) break
    }
  }
  const all = words.slice(0, most)
  for (const whole of wholes) if (all.length < most) all.push(gapWord, whole)
  return all.join(' ')
}
