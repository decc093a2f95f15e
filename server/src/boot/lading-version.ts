import { readFileSync } from 'node:fs'

/** As the package says; its file is two folders up both from the source and from what is compiled from it. */
export function ladingVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { readonly version: string }
  return version
}
