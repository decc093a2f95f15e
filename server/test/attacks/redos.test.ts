import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { likeName } from '../../src/core/access/outside-account.ts'
import { authorOf } from '../../src/core/artifacts/author.ts'
import { readText } from '../../src/core/search/read-text.ts'
import { foldBeginning, foldName } from '../../src/core/search/text/fold.ts'
import { splitText } from '../../src/core/search/text/split-text.ts'
import { isApiKey } from '../../src/domain/api-key.ts'
import { parseEntityTags } from '../../src/domain/etag.ts'
import { matchesGlob } from '../../src/domain/glob.ts'
import { splitHeader } from '../../src/domain/header-list.ts'
import { compareLooseVersions } from '../../src/domain/loose-version.ts'
import { acceptsMediaType, isMediaType } from '../../src/domain/media-type.ts'
import { nearest } from '../../src/domain/nearest.ts'
import { parseReference } from '../../src/domain/reference.ts'
import { isRefreshToken } from '../../src/domain/refresh-token.ts'
import { isSemverRange } from '../../src/domain/semver-range.ts'
import { parseScopes } from '../../src/domain/token-scope.ts'
import { readBearer } from '../../src/http/bearer.ts'
import { readCredentials } from '../../src/http/credentials.ts'
import { frontMatterFacts } from '../../src/kinds/skill/front-matter.ts'
import { expressionsIn } from '../architecture/scan.ts'
import { readTree } from '../architecture/tree.ts'
import { startWithAccounts } from '../kit/accounted-registry.ts'
import { ask } from '../kit/http-client.ts'
import { findSlow, type Slow, workOf } from './slow-expressions.ts'

/** Longer than the head of any request, and than any form. */
const length = 20_000
/** What grows with the length takes a hundredth of that, and what grows with its square some times as long. */
const mostMs = 60
/** What only operators and their own servers write is short: of it, that nothing takes twice the time for one character more. */
const ownLength = 1_000
const ofOperators = [
  'config/',
  'cli/',
  'boot/',
  'adapters/blobs/',
  'adapters/cache/',
  'adapters/store/',
  'adapters/shared/',
]
/** Cases of contracts, which run in tests. */
const inTests = /(?:^|\/)(?:[a-z-]+-suite\/|suite(?:\/|\.ts$))/

/** Expressions whose steps grow with the square of the length, of texts that are short before they see them. */
const ofShortTexts: Readonly<Record<string, { readonly most: number; readonly why: string }>> = {
  'http/came-from.ts /^(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i': {
    most: 64,
    why: 'longer ones are no addresses',
  },
  'core/access/outside-account.ts /[._-]+$/': { most: 64, why: 'it is cut to the length of a name before' },
  'core/access/check-password.ts /^[^\\p{L}]+|[^\\p{L}]+$/gu': {
    most: 1_024,
    why: 'longer passwords are refused before',
  },
  'core/artifacts/slug.ts /-+$/': { most: 96, why: 'it is cut to the length of a slug before' },
  'domain/password-hash.ts /=+$/': { most: 128, why: 'it is a hash that was made here' },
}

interface Written {
  readonly where: string
  readonly text: string
  readonly expression: RegExp
}

const source = join(import.meta.dirname, '../../src')

async function written(): Promise<readonly Written[]> {
  const found = new Map<string, Written>()
  for (const [path, text] of await readTree(source)) {
    if (inTests.test(path)) continue
    for (const one of expressionsIn(text)) {
      const end = one.text.lastIndexOf('/')
      const expression = new RegExp(one.text.slice(1, end), one.text.slice(end + 1))
      const isOwn = ofOperators.some((folder) => path.startsWith(folder))
      found.set(`${isOwn} ${one.text}`, { where: path, text: one.text, expression })
    }
  }
  return [...found.values()]
}

const told = ({ where, text }: Written, { text: { before, again, end }, length: at, ms }: Slow): string =>
  `${where}: ${text} takes ${Math.round(ms)} ms for ${JSON.stringify(before)}, ${JSON.stringify(again)} up to ${at} characters, ${JSON.stringify(end)}`

/** An expression of the source, with one thing changed in it. */
async function changed(
  path: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<RegExp> {
  const texts = expressionsIn((await readTree(source)).get(path) ?? '').map(({ text }) => text)
  const [text = '', ...more] = texts.filter((one) => one.includes(from))
  assert.ok(
    text !== '' && more.length === 0,
    `${path} has not one expression with ${from}, but ${texts.join(' ')}`,
  )
  const end = text.lastIndexOf('/')
  return new RegExp(text.slice(1, end).replace(from, to), text.slice(end + 1))
}

describe('regular expressions', () => {
  it('that look at what comes from outside take no longer than the text is long', async () => {
    const all = await written()
    assert.ok(all.length > 200, `${all.length}`)
    const slow: string[] = []
    for (const one of all) {
      const isOwn = ofOperators.some((folder) => one.where.startsWith(folder))
      const most = ofShortTexts[`${one.where} ${one.text}`]?.most ?? (isOwn ? ownLength : length)
      const found = findSlow(one.expression, { length: most, most: mostMs })
      if (found !== undefined) slow.push(told(one, found))
    }
    assert.deepEqual(slow, [])
    for (const key of Object.keys(ofShortTexts)) {
      const one = all.find(({ where, text }) => key === `${where} ${text}`)
      assert.ok(one !== undefined, `${key} is not there any more`)
      assert.ok(findSlow(one.expression, { length, most: mostMs }), `${key} may look at long texts too`)
    }
  })

  it('are made of texts in these places alone, which are tried below', async () => {
    const tree = await readTree(source)
    const making = [...tree].filter(([path, text]) => /new RegExp\(/.test(text) && !inTests.test(path))
    assert.deepEqual(
      making.map(([path]) => path),
      [
        'adapters/search/shared/elastic/generations.ts',
        'core/access/device-logins.ts',
        'core/access/factors/second-step.ts',
        'core/access/one-time-links.ts',
        'core/access/sessions.ts',
        'core/artifacts/author.ts',
        'core/search/text/fold.ts',
        'core/search/text/split-text.ts',
        'domain/checked-secret.ts',
        'domain/semver-range.ts',
        // Of a kind of the operator's own; a check by it ends in time (json-schema.test.ts).
        'kinds/shared/schema/schema-problems.ts',
      ],
    )
  })

  it('take for ever where one thing in them is otherwise, and are found so', async () => {
    for (const [path, change] of [
      ['domain/repository-name.ts', { from: '(?:\\.|__?|-+)[', to: '(?:\\.|__?|-+)?[' }],
      ['domain/digest.ts', { from: '(?:[+._-][', to: '(?:[+._-]?[' }],
      ['http/came-from.ts', { from: '[0-9a-f:.]*:[0-9a-f:.]*', to: '(?:[0-9a-f:.]*:?)*' }],
      ['http/read-form.ts', { from: '\\s*(?:;|$)', to: '(?:\\s*\\s*)*(?:;|$)' }],
      ['http/bearer.ts', { from: ' +', to: '(?: +)+$' }],
    ] as const) {
      const found = findSlow(await changed(path, change), { length, most: mostMs })
      assert.ok(found !== undefined, `${path} with ${change.to}`)
    }
    for (const known of [/\s+$/, /^(?:a+)+$/, /^(?:a|a)*$/, /^(?:a|aa)+$/, /".*".*;/, /x*y/, /^\s*\s*=/])
      assert.ok(findSlow(known, { length, most: mostMs }) !== undefined, String(known))
  })
})

/** Its beginning and its end. */
const halves = (text: string, most: number): string => text.slice(0, most / 2) + text.slice(-most / 2)

/** All that takes apart what comes from outside, by expressions that are made of others, or by hand. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'words of a text': (text) => [...splitText(text)],
  // No longer ones are folded: see what searches and names may have at most.
  'a name': (text) => [halves(text, 1_000)].map((name) => [foldName(name), foldBeginning(name)]),
  'a name that is none': (text) => nearest(text, ['metrics', 'manifests']),
  'a search': (text) => readText(text, length * 2),
  'an author': (text) => authorOf(text),
  'a source with front matter': (text) => frontMatterFacts(`---\n${text}\n---\n`),
  'somebody’s name elsewhere': (text) => likeName({ preferred_username: text }, 'preferred_username'),
  'a glob': (text) => matchesGlob(`*${text.slice(0, 200)}*b*c`, text),
  'entity tags': (text) => parseEntityTags(text.slice(0, 16_384), 'If-Match'),
  'media types': (text) => [acceptsMediaType(text, 'text/html' as never), isMediaType(text)],
  'a list in a header': (text) => [splitHeader(text, ','), splitHeader(text, ';')],
  credentials: (text) => readCredentials(`Basic ${text}`),
  'a bearer’s token': (text) => readBearer(`Bearer ${text}`),
  'a secret of ours': (text) => [isApiKey(`lading_${text}`), isRefreshToken(`lading_refresh_${text}`)],
  scopes: (text) => parseScopes(text),
  'a reference': (text) => parseReference(text),
  'versions, and ranges of them': (text) => [compareLooseVersions(text, `${text}1`), isSemverRange(text)],
}

const again = [
  ...[
    'a',
    'A',
    '0',
    ' ',
    '\t',
    '\n',
    '-',
    '_',
    '.',
    ',',
    ';',
    ':',
    '"',
    "'",
    '\\',
    '/',
    '=',
    '*',
    '%',
    '+',
    '<',
    '(',
  ],
  ...[
    '[',
    '{',
    '@',
    '#',
    '&',
    'aA',
    'a-',
    'a.',
    'a,',
    '",',
    'a:a ',
    'W/"',
    '"a",',
    'a/b;q=0,',
    '-a:"',
    '||',
    '1.',
    '>=1 ',
  ],
  ...['a\u0301', '中', '\u{1f600}', '\ud800', 'name: "', '---\n', 'repository:a/b:pull '],
]

const takes = (read: () => unknown): number =>
  workOf(() => {
    try {
      read()
    } catch {
      // What is refused is not waited for either.
    }
  })

describe('what takes apart texts from outside', () => {
  for (const [what, read] of Object.entries(readers))
    it(`is done in time with ${what}`, () => {
      const texts = again.flatMap((one) =>
        ['', '\0', 'x'].map((end) => one.repeat(length / one.length) + end),
      )
      // Marks are sorted by where they stand: each of the second sort goes before all of the first.
      const marks = `a${'\u0301'.repeat(length / 2)}${'\u0323'.repeat(length / 2)}`
      for (const text of [...texts, marks]) {
        let ms = takes(() => read(text))
        for (let more = 0; more < 2 && ms >= 2 * mostMs; more++)
          ms = Math.min(
            ms,
            takes(() => read(text)),
          )
        assert.ok(ms < 2 * mostMs, `${Math.round(ms)} ms for ${JSON.stringify(text.slice(0, 20))}…`)
      }
    })

  it('is done in time at the doors, in every header, path and parameter', async () => {
    await using registry = await startWithAccounts({
      gate: { proxies: ['127.0.0.1'], corsOrigins: ['https://a.example'] },
    })
    const headers = [
      ...[
        'Accept',
        'Accept-Language',
        'Authorization',
        'Content-Range',
        'Content-Type',
        'Cookie',
        'Forwarded',
      ],
      ...[
        'If-Match',
        'If-None-Match',
        'If-Range',
        'Origin',
        'Range',
        'Traceparent',
        'User-Agent',
        'X-Forwarded-For',
      ],
      ...['X-Forwarded-Host', 'X-Request-Id', 'X-Lading-CSRF'],
    ]
    const begun: Readonly<Record<string, string>> = {
      ...{
        Authorization: 'Basic ',
        Cookie: 'lading-session=',
        Forwarded: 'for=',
        Range: 'bytes=',
        'If-Match': '"',
      },
      ...{
        'Content-Range': 'bytes ',
        'Content-Type': 'application/json',
        'X-Forwarded-For': '1:',
        Origin: 'https://',
      },
    }
    const long = again
      .filter((one) => /^[\x20-\x7e]+$/.test(one))
      .map((one) => one.repeat(12_000 / one.length))
    const inTime = async (request: Parameters<typeof ask>[1], what: string): Promise<void> => {
      let least = Number.POSITIVE_INFINITY
      for (let tries = 0; tries < 3 && least > 2 * mostMs; tries++) {
        const from = process.cpuUsage()
        await ask(registry.url, request)
        const { user, system } = process.cpuUsage(from)
        least = Math.min(least, (user + system) / 1000)
      }
      assert.ok(least <= 2 * mostMs, `${Math.round(least)} ms for ${what}`)
    }
    for (const text of long) {
      const shown = JSON.stringify(text.slice(0, 10))
      for (const header of headers)
        for (const path of ['/v2/acme/app/manifests/v1', '/r/acme/app'])
          await inTime(
            { path, headers: { [header]: `${begun[header] ?? 'a'}${text}` } },
            `${header} of ${shown}`,
          )
      const encoded = encodeURIComponent(text).slice(0, 12_000).replace(/%.?$/, '')
      for (const path of [
        ...['/v2/', '/r/', '/api/v1/', '/problems/', '/sign-in/'].map((before) => `${before}${encoded}`),
        ...['/v2/acme/app/tags/list?last=', '/api/v1/search?q=', '/?q=', '/token?scope=', '/login?next='].map(
          (before) => `${before}${encoded}`,
        ),
      ])
        await inTime({ path }, `${path.slice(0, 30)} of ${shown}`)
    }
  })
})
