import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/load-config.ts'
import { mask, maskSecrets } from '../../src/config/mask-secrets.ts'
import { providers } from '../../src/config/provider-types.ts'
import { workloads } from '../../src/config/workload-types.ts'
import { type GivenConfig, inputOf } from './given-config.ts'

function read(given: GivenConfig): ReturnType<typeof maskSecrets> {
  const loaded = loadConfig(inputOf(given))
  assert.ok(!('mistakes' in loaded), JSON.stringify(loaded))
  return loaded.config
}

function mistakes(settings: object): string[] {
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
  const loaded = loadConfig(inputOf({ env }))
  assert.ok('mistakes' in loaded, 'it was taken')
  return loaded.mistakes.map(({ message }) => message)
}

const company = { name: 'company', type: 'oidc', issuer: 'https://login.example.org', clientId: 'lading' }
const complain = (message: string): undefined => assert.fail(message)

test('providers are read with what need not be said, and never shown with their secrets', () => {
  const given = [
    { ...company, clientSecret: 'hush', teams: { all: 'acme/all' } },
    { name: 'google', type: 'google', clientId: 'g', clientSecret: 'hush', require: { hd: 'example.org' } },
    { name: 'own', type: 'github', issuer: 'https://git.example.org/', clientId: 'h', clientSecret: 'hush' },
  ]
  const config = read({ env: { LADING_SIGN_IN_PROVIDERS: JSON.stringify(given) } })
  const [oidc, google, github] = config.signIn.providers
  assert.deepEqual(oidc, {
    ...{
      ...company,
      title: 'company',
      api: '',
      clientSecret: 'hush',
      scopes: ['openid', 'profile', 'email'],
    },
    ...{ newAccounts: false, require: {}, nameClaim: 'preferred_username', groupsClaim: 'groups' },
    teams: { all: ['acme/all'] },
  })
  assert.deepEqual(
    [google?.issuer, google?.title, google?.nameClaim, google?.require],
    ['https://accounts.google.com', 'Google', 'email', { hd: ['example.org'] }],
  )
  assert.deepEqual(
    [github?.issuer, github?.api, github?.scopes],
    ['https://git.example.org', 'https://git.example.org/api/v3', ['read:user', 'user:email', 'read:org']],
  )
  assert.deepEqual(
    maskSecrets(config).signIn.providers.map(({ clientSecret }) => clientSecret),
    [mask, mask, mask],
  )
  const all = config.signIn.providers
  assert.deepEqual(providers.read(providers.write(all), { base: '/', complain }), all)
})

test('what is wrong with a provider is told where it stands, without its secret', () => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ ...company, name: 'A b' }, /\[0\]\.name wants up to 40 of a-z/],
    [{ ...company, type: 'saml' }, /\.type wants one of oidc, google, github/],
    [{ ...company, issuer: 'http://login.example.org' }, /\.issuer wants an https URL/],
    [{ ...company, issuer: 'https://u:p@login.example.org' }, /\.issuer wants an https URL/],
    [{ ...company, issuer: undefined }, /\.issuer wants an https URL/],
    [{ ...company, clientId: undefined }, /\.clientId wants a text/],
    [{ ...company, clientSecret: 'two words' }, /\.clientSecret wants 1 to 2048 characters/],
    [{ ...company, api: 'https://x.example' }, /\.api is for the type github alone/],
    [{ ...company, teams: { all: 'acme' } }, /\.teams\.all wants teams as organisation\/team/],
    [{ ...company, require: { a: {} } }, /\.require\.a wants a text or a list of texts/],
    [{ ...company, require: [] }, /\.require wants claims with what they have to be/],
    [{ ...company, newAccounts: 'yes' }, /\.newAccounts wants true or false/],
    [{ ...company, secret: 'x' }, /has no "secret"/],
    [
      { name: 'g', type: 'google', clientId: 'g', clientSecret: 's', newAccounts: true },
      /wants require with it/,
    ],
    [{ name: 'g', type: 'google', clientId: 'g' }, /\.clientSecret wants/],
  ]
  for (const [one, said] of wrong) {
    const told = mistakes({ LADING_SIGN_IN_PROVIDERS: [one] })
    assert.match(told.join('\n'), said)
    assert.equal(told.join('\n').includes('two words'), false)
  }
  assert.match(mistakes({ LADING_SIGN_IN_PROVIDERS: [company, company] }).join(), /a second time/)
})

const release = { name: 'release', issuer: 'https://ci.example.org', require: { id: 17 }, robot: 'acme/ci' }

test('rules for machines are read with what need not be said', () => {
  const config = read({
    env: { LADING_SIGN_IN_WORKLOADS: JSON.stringify([release]), LADING_PUBLIC_URL: 'https://r.example' },
  })
  assert.deepEqual(config.signIn.workloads, [
    {
      ...{ ...release, audience: undefined, require: { id: ['17'] }, lifetime: 900_000 },
      ...{ permissions: undefined, reuse: false },
    },
  ])
  const all = config.signIn.workloads
  assert.deepEqual(workloads.read(workloads.write(all), { base: '/', complain }), all)
})

test('a rule that would let in everybody’s machines is refused', () => {
  const LADING_PUBLIC_URL = 'https://r.example'
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ ...release, require: {} }, /wants a claim at least/],
    [{ ...release, robot: 'ci' }, /\.robot wants namespace\/name/],
    [{ ...release, issuer: 'http://ci.example.org' }, /\.issuer wants an https URL/],
    [{ ...release, permissions: ['all'] }, /names the permission "all"/],
    [{ ...release, lifetime: '30d' }, /\.lifetime /],
  ]
  for (const [one, said] of wrong)
    assert.match(mistakes({ LADING_SIGN_IN_WORKLOADS: [one], LADING_PUBLIC_URL }).join('\n'), said)
  assert.match(
    mistakes({ LADING_SIGN_IN_WORKLOADS: [release] }).join('\n'),
    /wants an audience for release, whom its tokens are for, or publicUrl/,
  )
})
