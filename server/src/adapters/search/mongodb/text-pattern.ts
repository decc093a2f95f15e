import { BSONRegExp } from 'mongodb'

/** Text that begins so. The server looks it up in an index. */
export const beginsWith = (text: string): BSONRegExp => new BSONRegExp(`^${escaped(text)}`)

/** Text that has this somewhere. */
export const has = (text: string): BSONRegExp => new BSONRegExp(escaped(text))

/** Text that the glob matches (`matchesGlob`), looked up by what it begins with; without a star the text itself. */
export function globPattern(glob: string): BSONRegExp | string {
  // `$` would also stand before a line's end, and `.` for no line's end.
  return glob.includes('*') ? new BSONRegExp(`^${glob.split('*').map(escaped).join('.*')}\\z`, 's') : glob
}

// A letter or digit must not be escaped: it would mean something else then.
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
