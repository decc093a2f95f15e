import type { ConfigInput } from '../../src/config/config-input.ts'

/** What a test gives; the rest is empty. */
export interface GivenConfig {
  readonly flags?: ConfigInput['flags']
  readonly env?: ConfigInput['env']
  /** By absolute path. The working folder is `/here`. */
  readonly files?: Readonly<Record<string, string>>
}

export function inputOf({ flags = {}, env = {}, files = {} }: GivenConfig): ConfigInput {
  return {
    flags,
    env,
    cwd: '/here',
    readFile(path) {
      const text = Object.hasOwn(files, path) ? files[path] : undefined
      if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
      return text
    },
  }
}
