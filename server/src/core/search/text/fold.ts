/** Marks on letters of these scripts are accents; elsewhere they are letters of their own (が is no か). */
const accented = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu
/** What Unicode does not take apart, and people write without. */
const plain: ReadonlyMap<string, string> = new Map([
  // At the end of a word it is written otherwise.
  ['ς', 'σ'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['ł', 'l'],
  ['ı', 'i'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
  ['ŧ', 't'],
  ['ħ', 'h'],
  ['ŋ', 'n'],
])
const special = new RegExp(`[${[...plain.keys()].join('')}]`, 'gu')

/** Without case, accents and compatibility forms: equal for what somebody who types in a hurry takes for the same. */
export function foldText(text: string): string {
  if (isPlain(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .replace(accented, '$1')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(accented, '$1')
    .replace(special, (letter) => plain.get(letter) ?? letter)
    .normalize('NFC')
}

/** A name as it is compared with what somebody has typed: folded, with single blanks. */
export function foldName(text: string): string {
  return foldText(text).trim().replace(/\s+/gu, ' ')
}

/** A name as it is completed: whatever stands between its words is one blank, before and behind them is nothing. */
export function foldBeginning(text: string): string {
  return foldText(text)
    .replace(/[-_./\s]+/gu, ' ')
    .replace(/^[ @]+| $/g, '')
}

const isPlain = (text: string): boolean => !/[^\x20-\x7e]/u.test(text)
