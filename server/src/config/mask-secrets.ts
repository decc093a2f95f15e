import type { Config } from './config.ts'
import { mask } from './setting-type.ts'

export { mask }

/** The same configuration, fit to be shown: it says who can log in, and nothing that helps to. */
export function maskSecrets(config: Config): Config {
  const headers = Object.fromEntries(Object.keys(config.traces.headers).map((name) => [name, mask]))
  const { store, blobs, cache, search, signIn } = config
  const { administrator } = config.access
  return {
    ...config,
    store: { ...store, url: hidden(store.url), replicas: store.replicas.map(() => mask) },
    blobs: { ...blobs, secretAccessKey: hidden(blobs.secretAccessKey) },
    cache: { ...cache, redis: hidden(cache.redis) },
    search: { ...search, password: hidden(search.password), apiKey: hidden(search.apiKey) },
    rates: { ...config.rates, redis: hidden(config.rates.redis) },
    mail: { ...config.mail, url: hidden(config.mail.url) },
    signIn: {
      ...signIn,
      providers: signIn.providers.map((one) => ({ ...one, clientSecret: hidden(one.clientSecret) })),
    },
    access: {
      ...config.access,
      ...(administrator && { administrator: { name: administrator.name, passwordHash: mask } }),
    },
    users: config.users.map(({ name }) => ({ name, passwordHash: mask })),
    traces: { ...config.traces, headers },
  }
}

function hidden(secret: string | undefined): string | undefined {
  return secret === undefined ? undefined : mask
}
