import type { Config } from './config.ts'

export const mask = '********'

/** The same configuration, fit to be shown: it says who can log in, and nothing that helps to. */
export function maskSecrets(config: Config): Config {
  const headers = Object.fromEntries(Object.keys(config.traces.headers).map((name) => [name, mask]))
  return {
    ...config,
    users: config.users.map(({ name }) => ({ name, passwordHash: mask })),
    traces: { ...config.traces, headers },
  }
}
