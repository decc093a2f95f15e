import { AddressRanges } from '../domain/address-ranges.ts'
import { formatDuration, parseDuration } from '../domain/duration.ts'
import type { MaybeRate } from './gate-config.ts'
import { type SettingType, shown } from './setting-type.ts'
import { day, second } from './units.ts'

const mostEntries = 1_000
const mostTokens = 1_000_000

/** `600/1m`: so many at once, and in each period as many again. */
export const rate: SettingType<MaybeRate> = {
  wanted: `a number from 1 to ${mostTokens} and a time from 1s to 1d, such as 600/1m, or off`,
  read(raw, { complain }) {
    // YAML takes the word for a flag.
    if (raw === 'off' || raw === false) return 'off'
    const parts = typeof raw === 'string' ? /^\s*(\d{1,7})\s*\/\s*(\S+)\s*$/.exec(raw) : null
    const tokens = Number(parts?.[1])
    const periodMs = parts === null ? Number.NaN : spanOf(parts[2] ?? '')
    const fits = tokens >= 1 && tokens <= mostTokens && periodMs >= second && periodMs <= day
    return fits ? Object.freeze({ tokens, periodMs }) : complain(`wants ${rate.wanted}, not ${shown(raw)}`)
  },
  write: (value) => (value === 'off' ? 'off' : `${value.tokens}/${formatDuration(value.periodMs)}`),
}

function spanOf(text: string): number {
  try {
    return /^\d+$/.test(text) ? Number.NaN : parseDuration(text)
  } catch {
    // The complaint gives the wanted form, which is more than the parser would say.
    return Number.NaN
  }
}

export const addressRanges: SettingType<readonly string[]> = listOf(
  'a list of addresses and networks, such as [10.0.0.0/8, "2001:db8::/32"]; as text, with commas between',
  (text) => {
    try {
      new AddressRanges([text])
      return text
    } catch {
      return undefined
    }
  },
)

export const origins: SettingType<readonly string[]> = listOf(
  'a list of origins, such as [https://console.example.com], or * for all; as text, with commas between',
  (text) => {
    if (text === '*') return text
    const url = URL.parse(text)
    const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
    return url !== null && isWeb && url.href === `${url.origin}/` ? url.origin : undefined
  },
)

/** `read`: a value in its usual form; undefined: it is none. */
function listOf(wanted: string, read: (text: string) => string | undefined): SettingType<readonly string[]> {
  return {
    wanted,
    read(raw, { complain }) {
      const items: unknown = typeof raw === 'string' ? itemsIn(raw) : raw
      if (!Array.isArray(items) || items.length > mostEntries)
        return complain(`wants ${wanted}, not ${shown(raw)}`)
      const found: string[] = []
      for (const [index, item] of items.entries()) {
        const value = typeof item === 'string' ? read(item.trim()) : undefined
        if (value === undefined) complain(`wants ${wanted}, not ${shown(item)}`, [index])
        else found.push(value)
      }
      return Object.freeze([...new Set(found)])
    },
    write: (value) => value,
  }
}

const itemsIn = (text: string): string[] => (text.trim() === '' ? [] : text.split(','))
