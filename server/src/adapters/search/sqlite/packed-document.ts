import type { Visibility } from '../../../domain/artifact.ts'
import { searchFacets, searchNumbers } from '../../../domain/search.ts'
import type { SearchDocument, SearchUses } from '../../../ports/search/search.ts'
import { damaged } from './connection.ts'
import { homeKindColumn, type Labels, lettersColumn, ownerColumn, platformColumn } from './labels.ts'

/** Never changed but at their end: their places are what is kept. */
export const visibilities: readonly Visibility[] = ['public', 'unlisted', 'private']
const deprecatedFlag = 0x80
/** By how many letters of their beginnings completion finds candidates in memory. */
export const keptLetters = 3

/** Columns of several numbers: facets, and the letters of beginnings. */
export const listColumns: number = searchFacets.length + 1
export const lettersList: number = listColumns - 1
/** After the flags: bytes of the name, which is the last. */
const nameLengthAt = 2
const weightAt = 8
const countsAt = weightAt + 8 * (1 + searchNumbers.length)
const listsAt = (countsAt + 2 * listColumns + 3) & ~3
/** Owner, platform and kind of the repository. */
const oneEach = 3

/** What of a document is kept in memory, as bytes. */
export function packed(document: SearchDocument, labels: Labels): Uint8Array {
  const { facets, visibility, deprecated, owner, platform, home, beginnings } = document
  const lists: (readonly string[])[] = searchFacets.map((facet) => facets[facet])
  lists.push(lettersOf(beginnings))
  const name = Buffer.from(home.name)
  let size = oneEach
  for (const { length } of lists) size += length
  const bytes = new Uint8Array(listsAt + 4 * size + name.length)
  const view = new DataView(bytes.buffer)
  bytes[0] = visibilities.indexOf(visibility) | (deprecated ? deprecatedFlag : 0)
  view.setUint16(nameLengthAt, name.length, true)
  setUses(view, document)
  view.setUint32(listsAt, labels.numberOf(ownerColumn, owner), true)
  view.setUint32(listsAt + 4, labels.numberOf(platformColumn, platform), true)
  view.setUint32(listsAt + 8, labels.numberOf(homeKindColumn, home.kind), true)
  let to = listsAt + 4 * oneEach
  for (const [at, list] of lists.entries()) {
    view.setUint16(countsAt + 2 * at, list.length, true)
    const column = at < searchFacets.length ? at : lettersColumn
    for (const label of list) {
      view.setUint32(to, labels.numberOf(column, label), true)
      to += 4
    }
  }
  bytes.set(name, to)
  return bytes
}

/** The same document with other numbers. */
export function withUses(bytes: Uint8Array, uses: SearchUses): Uint8Array {
  if (bytes.length < listsAt) throw damaged('a document is too short')
  const changed = Uint8Array.from(bytes)
  setUses(new DataView(changed.buffer), uses)
  return changed
}

function setUses(view: DataView, { weight, numbers }: SearchUses): void {
  view.setFloat64(weightAt, weight, true)
  for (const [at, number] of searchNumbers.entries())
    view.setFloat64(weightAt + 8 * (at + 1), numbers[number], true)
}

function lettersOf(beginnings: readonly string[]): readonly string[] {
  const letters = beginnings.filter((one) => one !== '').map((one) => firstLetters(one, keptLetters))
  return letters.filter((one, at) => letters.indexOf(one) === at)
}

/** Reads one after the other without making an object of each. */
export class Unpacking {
  #bytes: Uint8Array = new Uint8Array()
  #view: DataView = new DataView(new ArrayBuffer(0))
  #at = 0
  #nameAt = 0

  open(bytes: Uint8Array): void {
    if (bytes.length < listsAt + 4 * oneEach) throw damaged('a document is too short')
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#at = listsAt + 4 * oneEach
    let numbers = oneEach
    for (let column = 0; column < listColumns; column++) numbers += this.countOf(column)
    this.#nameAt = listsAt + 4 * numbers
    if (bytes.length !== this.#nameAt + this.#view.getUint16(nameLengthAt, true))
      throw damaged('a document has another length')
  }

  get visibility(): number {
    return (this.#bytes[0] ?? 0) & ~deprecatedFlag
  }

  get isDeprecated(): boolean {
    return ((this.#bytes[0] ?? 0) & deprecatedFlag) !== 0
  }

  get weight(): number {
    return this.#view.getFloat64(weightAt, true)
  }

  numberOf(number: number): number {
    return this.#view.getFloat64(weightAt + 8 * (number + 1), true)
  }

  get owner(): number {
    return this.#view.getUint32(listsAt, true)
  }

  get platform(): number {
    return this.#view.getUint32(listsAt + 4, true)
  }

  get homeKind(): number {
    return this.#view.getUint32(listsAt + 8, true)
  }

  /** UTF-8, of the bytes that were opened. */
  get name(): Uint8Array {
    return this.#bytes.subarray(this.#nameAt)
  }

  countOf(column: number): number {
    return this.#view.getUint16(countsAt + 2 * column, true)
  }

  /** The next number of the lists, which follow each other. */
  next(): number {
    const number = this.#view.getUint32(this.#at, true)
    this.#at += 4
    return number
  }
}

/** The first letters of a text, as code points. */
export function firstLetters(text: string, letters: number): string {
  let end = 0
  for (let left = letters; left > 0 && end < text.length; left--) end += letterLength(text, end)
  return text.slice(0, end)
}

function letterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
