import { BSONRegExp } from 'mongodb'

/** Text that begins so. The server looks it up in an index. */
export const beginsWith = (text: string): BSONRegExp => new BSONRegExp(`^${escaped(text)}`)

/** Text that has this somewhere. */
export const has = (text: string): BSONRegExp => new BSONRegExp(escaped(text))

// A letter or digit must not be escaped: it would mean something else then.
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
