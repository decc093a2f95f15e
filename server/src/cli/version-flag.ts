import type { Invocation } from './command.ts'
import { usageFailure } from './failure.ts'

/** The schema version that a flag names; undefined where it is not given. @throws Failure of usage */
export function versionIn({ values }: Pick<Invocation, 'values'>, flag: string): number | undefined {
  const text = values[flag]
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) {
    throw usageFailure(`--${flag} wants a schema version, such as 2; ${JSON.stringify(text)} is none`)
  }
  return Number(text)
}
