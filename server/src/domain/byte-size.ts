import { RegistryError } from './error.ts'

const units: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ['pb', 1e15],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
  ['pib', 2 ** 50],
])

const grammar = /^([0-9]{1,16})(?:\.([0-9]{1,9}))? ?([a-zA-Z]{0,3})$/

/**
 * `1024`, `64KiB`, `1.5 GiB`, `10 GB`: a number and its unit, powers of 1024 with an i, of 1000 without.
 * @returns bytes, a safe integer; a fraction of a byte is dropped
 * @throws RegistryError `parameter-invalid`
 */
export function parseByteSize(text: string, parameter = 'size'): number {
  const match = grammar.exec(text.trim())
  if (match === null) throw invalid(parameter, 'it is not a size such as 64KiB or 10 GB')
  const [, whole = '', fraction = '', unit = ''] = match
  const factor = units.get(unit === '' ? 'b' : unit.toLowerCase())
  if (factor === undefined)
    throw invalid(parameter, `${unit} is not a unit: write B, kB, MB, GB or KiB, MiB, GiB`)
  const bytes = Math.floor(Number(`${whole}.${fraction === '' ? '0' : fraction}`) * factor)
  if (!Number.isSafeInteger(bytes)) throw invalid(parameter, 'it is more than can be counted')
  return bytes
}

const binary = ['PiB', 'TiB', 'GiB', 'MiB', 'KiB'] as const

/** For people: the largest unit of 1024 that fits, with at most one decimal. */
export function formatByteSize(bytes: number): string {
  for (const unit of binary) {
    const factor = units.get(unit.toLowerCase()) ?? 1
    if (bytes >= factor) return `${Math.round((bytes / factor) * 10) / 10} ${unit}`
  }
  return `${bytes} B`
}

function invalid(parameter: string, reason: string): RegistryError {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
