import { isPair, readFlag, readIssuer, readPatterns, readText, readTexts, readWord } from './claim-types.ts'
import { isRecord, partOf, readFields } from './read-fields.ts'
import { type Reading, type SettingType, shown } from './setting-type.ts'
import { type ProviderSetting, type ProviderType, providerTypes } from './sign-in-config.ts'

const mostProviders = 20
const mostGroups = 500
const mostTeams = 50
const known = [
  ...['name', 'type', 'title', 'issuer', 'api', 'clientId', 'clientSecret', 'scopes'],
  ...['newAccounts', 'require', 'nameClaim', 'groupsClaim', 'teams'],
]

/** What need not be said of each sort. */
const usual: {
  readonly [T in ProviderType]: Pick<ProviderSetting, 'title' | 'issuer' | 'api' | 'scopes' | 'nameClaim'>
} = {
  oidc: {
    title: '',
    issuer: '',
    api: '',
    scopes: ['openid', 'profile', 'email'],
    nameClaim: 'preferred_username',
  },
  google: {
    title: 'Google',
    issuer: 'https://accounts.google.com',
    api: '',
    scopes: ['openid', 'profile', 'email'],
    nameClaim: 'email',
  },
  github: {
    title: 'GitHub',
    issuer: 'https://github.com',
    api: '',
    scopes: ['read:user', 'user:email', 'read:org'],
    nameClaim: 'preferred_username',
  },
}

export const providers: SettingType<readonly ProviderSetting[]> = {
  wanted: `a list of at most ${mostProviders} providers, each { name, type, issuer, clientId, clientSecret } and more`,
  structured: true,
  read(raw, { base, complain }) {
    // Nothing of it is shown: it may hold a secret.
    if (!Array.isArray(raw) || raw.length > mostProviders) return complain(`wants ${providers.wanted}`)
    const read: ProviderSetting[] = []
    for (const [index, entry] of raw.entries()) {
      const within = partOf({ base, complain }, [index])
      const provider = readProvider(entry, within)
      if (provider === undefined) continue
      if (read.some(({ name }) => name === provider.name))
        within.complain(`names the provider ${provider.name} a second time`, ['name'])
      read.push(provider)
    }
    return Object.freeze(read)
  },
  write: (value) => value,
}

function readProvider(raw: unknown, reading: Reading): ProviderSetting | undefined {
  const fields = readFields(raw, known, reading)
  if (fields === undefined) return undefined
  const part = (name: string): Reading => partOf(reading, [name])
  const name = readWord(fields['name'], part('name'))
  const type = providerTypes.find((one) => one === fields['type'])
  if (type === undefined)
    return part('type').complain(`wants one of ${providerTypes.join(', ')}, not ${shown(fields['type'])}`)
  const set = usual[type]
  const issuer = readIssuer(fields['issuer'] ?? set.issuer, part('issuer'))
  const clientId = readText(fields['clientId'], part('clientId'))
  const clientSecret = readSecret(fields['clientSecret'], type, part('clientSecret'))
  const title = readText(fields['title'], part('title'), set.title || name || '')
  const nameClaim = readText(fields['nameClaim'], part('nameClaim'), set.nameClaim)
  const groupsClaim = readText(fields['groupsClaim'], part('groupsClaim'), 'groups')
  const api =
    type === 'github' ? readApi(fields['api'], issuer, part('api')) : readNoApi(fields['api'], part('api'))
  const newAccounts = readFlag(fields['newAccounts'], part('newAccounts'), false)
  const require = readPatterns(fields['require'] ?? {}, part('require'))
  if (newAccounts && type !== 'oidc' && Object.keys(require).length === 0)
    part('newAccounts').complain(
      `wants require with it: everybody can have an account at ${set.title}, and each would get one here`,
    )
  if (name === undefined || issuer === undefined || clientId === undefined) return undefined
  if (title === undefined || nameClaim === undefined || groupsClaim === undefined || api === undefined)
    return undefined
  return Object.freeze({
    ...{ name, type, title, issuer: type === 'github' ? issuer.replace(/\/+$/, '') : issuer, api },
    ...{ clientId, clientSecret, scopes: readTexts(fields['scopes'], part('scopes'), set.scopes) },
    ...{
      newAccounts,
      require,
      nameClaim,
      groupsClaim,
      teams: readTeams(fields['teams'] ?? {}, part('teams')),
    },
  })
}

/** Never shown. */
function readSecret(raw: unknown, type: ProviderType, { complain }: Reading): string | undefined {
  if (raw === undefined && type === 'oidc') return undefined
  return typeof raw === 'string' && /^[^\s\p{Cc}]{1,2048}$/u.test(raw)
    ? raw
    : complain('wants 1 to 2048 characters without a space')
}

function readApi(raw: unknown, issuer: string | undefined, reading: Reading): string | undefined {
  const own =
    issuer === usual.github.issuer ? 'https://api.github.com' : `${issuer?.replace(/\/+$/, '')}/api/v3`
  return readIssuer(raw ?? own, reading)?.replace(/\/+$/, '')
}

function readNoApi(raw: unknown, { complain }: Reading): string | undefined {
  return raw === undefined || raw === '' ? '' : complain('is for the type github alone')
}

function readTeams(raw: unknown, reading: Reading): ProviderSetting['teams'] {
  if (!isRecord(raw) || Object.keys(raw).length > mostGroups) {
    reading.complain(
      `wants groups with the teams that they are here, such as { platform: acme/platform }, not ${shown(raw)}`,
    )
    return {}
  }
  const teams: Record<string, readonly string[]> = {}
  for (const [group, given] of Object.entries(raw)) {
    const list: readonly unknown[] = Array.isArray(given) ? given : [given]
    const pairs = list.filter(isPair)
    if (group === '__proto__' || list.length > mostTeams || pairs.length < list.length)
      reading.complain(`wants teams as organisation/team, such as acme/platform, not ${shown(given)}`, [
        group,
      ])
    else teams[group] = Object.freeze(pairs)
  }
  return Object.freeze(teams)
}
