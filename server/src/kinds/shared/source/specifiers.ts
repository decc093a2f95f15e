import { builtinModules } from 'node:module'
import { isSemverRange } from '../../../domain/semver-range.ts'
import { isLongReference, type Named } from '../../reference.ts'

const builtIn: ReadonlySet<string> = new Set(builtinModules)

/**
 * What an import names of others: `@acme/base/deep` is `@acme/base`, `npm:chalk@5` any `npm:chalk` of 5. undefined where
 * it is a part of the same source, or of the run-time.
 */
export function namedBySpecifier(specifier: string): Named | undefined {
  if (specifier === '' || isLongReference(specifier)) return undefined
  if (/[\s\p{Cc}\\`$]/u.test(specifier) || /^(?:[./#~]|node:|bun:|data:|file:)/.test(specifier))
    return undefined
  if (/^https?:/.test(specifier)) return { target: specifier, range: '' }
  const at = specifier.indexOf('@', Math.max(1, specifier.indexOf(':') + 2))
  const named = at === -1 ? specifier : specifier.slice(0, at)
  const [written = ''] = at === -1 ? [] : specifier.slice(at + 1).split('/', 1)
  const target = named.includes(':') ? named : packageOf(named)
  if (target === '' || target === '@' || builtIn.has(target)) return undefined
  return { target, range: isSemverRange(written) ? written : '' }
}

/** Without the path within it. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}
