// What an installed Lading runs. The programs: one file for each thread, with the packages that it needs within, since a
// start that opens hundreds of small files takes twice as long, and keeps 20 MB more in memory. The library: one file for
// each of its entries, and others for what several of them share, or what only some engines want.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const server = join(dirname(fileURLToPath(import.meta.url)), '..')
/** They find each other by their names, beside one another. The library starts the threads of its engines too. */
const programs = [
  'cli/main',
  'boot/threads/serving-thread',
  'adapters/blobs/shared/hash-on-thread',
  'adapters/store/sqlite/writer-thread',
  'adapters/store/sqlite/reader-thread',
  'adapters/store/sqlite/snapshot-thread',
  'adapters/search/sqlite/search-writer-thread',
  'adapters/search/sqlite/search-builder-thread',
  'adapters/search/sqlite/search-reader-thread',
]
const entries = ['library/index', 'library/engine', 'library/testing']
/**
 * Each a file of its own, which all the others share: half a megabyte that only titles of other scripts want, what only
 * documents of kinds are checked by, a list of passwords that is read when somebody chooses one, what draws the secret of an app,
 * and what tokens and people of elsewhere are known by. The source imports them when they are wanted, never at the top of a file.
 */
const loadedWhenWanted = [
  { imported: /^any-ascii$/, in: 'any-ascii', out: 'any-ascii' },
  { imported: /^jose$/, in: 'jose', out: 'jose' },
  { imported: /^openid-client$/, in: 'openid-client', out: 'openid-client' },
  { imported: /^otpauth$/, in: 'otpauth', out: 'otpauth' },
  { imported: /^uqr$/, in: 'uqr', out: 'uqr' },
  {
    imported: /^@zxcvbn-ts\/language-common$/,
    // As a module: the package has CommonJS first, whose names a file beside the others would not have.
    in: '@zxcvbn-ts/language-common/dist/index.mjs',
    out: 'common-passwords',
  },
  { imported: /\/checking\.ts$/, in: 'src/kinds/shared/schema/checking.ts', out: 'typebox' },
]
/**
 * What speaks to servers that most registries do not have, and what reads the certificates of passkeys. Each is a file that is read when an engine that wants it is
 * opened: `imports` by the names that the source has for them.
 * @type {readonly { readonly file: string; readonly imports: readonly string[] }[]}
 */
const drivers = [
  { file: 'driver-pg.cjs', imports: ['pg'] },
  { file: 'driver-mongodb.cjs', imports: ['mongodb'] },
  { file: 'driver-redis.cjs', imports: ['redis'] },
  { file: 'driver-memjs.cjs', imports: ['memjs'] },
  { file: 'driver-nodemailer.cjs', imports: ['nodemailer'] },
  { file: 'driver-webauthn.cjs', imports: ['@simplewebauthn/server'] },
  { file: 'driver-s3.cjs', imports: ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'] },
  { file: 'driver-opensearch.cjs', imports: ['@opensearch-project/opensearch'] },
  { file: 'driver-elasticsearch.cjs', imports: ['@elastic/elasticsearch'] },
]
/** What drivers ask for and go on without: compressions, and ways to log in, that Lading does not offer. */
const optionalParts = [
  'pg-native',
  'pg-cloudflare',
  'cloudflare:sockets',
  'kerberos',
  'mongodb-client-encryption',
  'snappy',
  '@mongodb-js/zstd',
  'socks',
  'aws4',
  'gcp-metadata',
  '@aws-sdk/credential-providers',
  '@aws-sdk/signature-v4-crt',
  '@aws-sdk/signature-v4a',
  '@smithy/signature-v4a',
  'aws-crt',
  'aws-sdk',
  'apache-arrow',
]
const requireForPackages =
  "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);"

/** @type {import('esbuild').Plugin} */
const besideTheOthers = {
  name: 'what is in a file beside the others',
  setup: ({ onResolve }) => {
    for (const { imported, out } of loadedWhenWanted) {
      onResolve({ filter: imported }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: `./${out}.js`, external: true },
      )
    }
  },
}

/**
 * In place of a driver stands a module that fetches its file when it is first used: an import would be one of the whole
 * program, whoever wants it.
 * @type {import('esbuild').Plugin}
 */
const driversWhenWanted = {
  name: 'drivers in files of their own',
  setup: ({ onResolve, onLoad }) => {
    const fileOf = new Map(drivers.flatMap(({ file, imports }) => imports.map((name) => [name, file])))
    const names = [...fileOf.keys()].map((name) => name.replaceAll('/', '\\/')).join('|')
    onResolve({ filter: new RegExp(`^(?:${names})$`) }, ({ path }) => ({ path, namespace: 'driver' }))
    onResolve({ filter: /./, namespace: 'driver' }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /./, namespace: 'driver' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(`./${fileOf.get(path)}`)})[${JSON.stringify(path)}]`,
      loader: 'js',
    }))
  },
}

/** @param {string} folder made where it is not there */
export async function bundle(folder) {
  const common = /** @type {const} */ ({
    absWorkingDir: server,
    outdir: resolve(folder),
    // What stands in the programs are paths of the checkout, wherever its packages really are.
    preserveSymlinks: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Lines and names stay as they are, for whoever reads where an error was thrown.
    minifySyntax: true,
    banner: { js: requireForPackages },
    plugins: [besideTheOthers, driversWhenWanted],
    metafile: true,
    logLevel: 'warning',
  })
  const made = await Promise.all([
    build({
      ...common,
      entryPoints: [
        ...programs.map(namedAfterFile),
        ...loadedWhenWanted.map(({ in: from, out }) => ({ in: from, out })),
      ],
    }),
    // An error's class must be the same one for every entry.
    build({
      ...common,
      entryPoints: entries.map(namedAfterFile),
      splitting: true,
      chunkNames: 'part-[hash]',
    }),
    ...drivers.map(({ file, imports }) =>
      build({
        ...common,
        stdin: {
          contents: `module.exports = { ${imports.map((name) => `${JSON.stringify(name)}: require(${JSON.stringify(name)})`).join(', ')} }`,
          resolveDir: server,
        },
        format: 'cjs',
        banner: {},
        plugins: [],
        outdir: undefined,
        outfile: join(resolve(folder), file),
        minify: true,
        // What errors are called is part of what they say.
        keepNames: true,
        external: optionalParts,
      }),
    ),
  ])
  mkdirSync(folder, { recursive: true })
  for (const { metafile } of made)
    for (const path of Object.keys(metafile.outputs)) spellInAscii(join(server, path))
  const inputs = made.flatMap(({ metafile }) => Object.keys(metafile.inputs))
  writeFileSync(join(folder, 'LICENSES'), licences(inputs))
}

/**
 * A text with one letter beyond Latin takes two bytes for each of its letters in memory: 3 MB of an idle server. esbuild
 * leaves some in comments and in templates with a tag, where an escape means the same.
 * @param {string} path
 */
function spellInAscii(path) {
  const text = readFileSync(path, 'utf8')
  const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  writeFileSync(path, text.replaceAll(/[^\0-\x7f]/g, escaped))
}

/** @param {string} path */
function namedAfterFile(path) {
  return { in: join('src', `${path}.ts`), out: basename(path) }
}

/**
 * What the licences of bundled packages want to go with them; a text that several have stands there once.
 * @param {readonly string[]} inputs paths of files
 */
function licences(inputs) {
  const packages = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]))
  /** @type {Map<string, Set<string>>} */
  const under = new Map()
  for (const path of packages) {
    if (path === undefined) continue
    const { name, text } = licenceOf(join(server, path))
    under.set(text, (under.get(text) ?? new Set()).add(name))
  }
  const texts = [...under].map(([text, names]) => `${[...names].sort().join('\n')}\n\n${text}\n`)
  return `The programs in this folder contain these packages.\n\n${texts.sort().join('\n')}`
}

/** @param {string} folder */
function licenceOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined) {
    if (license === undefined) throw new Error(`${name} names no licence`)
    const by = typeof author === 'object' ? author.name : author
    const text = `Its package has no text of the licence${by === undefined ? '' : `; it is by ${by}`}.`
    return { name: `${name} ${version} (${license})`, text }
  }
  return { name: `${name} ${version} (${license})`, text: readFileSync(join(folder, file), 'utf8').trim() }
}
