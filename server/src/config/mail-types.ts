import { type SettingType, shown } from './setting-type.ts'

const address = /^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+$/u
const named = /^[^\p{C}<>"]+ <([^<>]+)>$/u
const longest = 320

/** RFC 5322, 3.4: an address, or a name and an address. */
export const mailbox: SettingType<string> = {
  wanted: 'an address such as registry@example.com, or Lading <registry@example.com>',
  read(raw, { complain }) {
    const text = typeof raw === 'string' ? raw.trim() : ''
    const bare = named.exec(text)?.[1] ?? text
    if (text.length > longest || !address.test(bare))
      return complain(`wants ${mailbox.wanted}, not ${shown(raw)}`)
    return text
  },
  write: (value) => value,
}
