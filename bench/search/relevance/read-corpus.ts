import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { spawnChild } from '../../process/live.ts'
import type { Corpus, Document } from './corpus.ts'
import { documentOf } from './stanza.ts'

/** With fewer of the names the figures would say nothing about those of others. */
const leastShare = 0.9
/** Some of Debian's children have the same packages without debtags, and so without topics. Debian's has nine of ten. */
const leastTagged = 0.7

const rightIndex = 'it should be that of Debian bookworm, main'

export class CorpusUnreadable extends Error {
  override readonly name = 'CorpusUnreadable'
}

export function corpusNames(): readonly string[] {
  const lines = readFileSync(new URL('corpus-names.txt', import.meta.url), 'utf8').split('\n')
  return lines.filter((line) => line !== '')
}

/**
 * The texts of the named packages, from the package index of this machine. Throws CorpusUnreadable where there is no
 * apt-cache, where it fails, or where the index is another one: with fewer than nine of ten names, or without topics.
 */
export async function readCorpus(
  names: readonly string[] = corpusNames(),
  program: string = 'apt-cache',
): Promise<Corpus> {
  const child = spawnChild(program, ['dumpavail'], { stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.stdout === null || child.stderr === null) throw new Error(`${program} has no pipes`)
  const ended = Promise.all([once(child, 'close'), text(child.stderr)]).catch((error: unknown) => {
    throw new CorpusUnreadable(`${program} does not run, and the texts are those of apt's package index`, {
      cause: error,
    })
  })
  child.stdout.setEncoding('utf8')
  const [corpus, [[code], complaint]] = await Promise.all([corpusIn(child.stdout, names), ended])
  if (code !== 0) throw new CorpusUnreadable(`${program} dumpavail ended with ${code}: ${complaint.trim()}`)
  const { length } = corpus.documents
  if (length < leastShare * names.length)
    throw new CorpusUnreadable(`the package index has ${length} of ${names.length} packages: ${rightIndex}`)
  const tagged = corpus.documents.filter(({ topics }) => topics.length > 0).length
  if (tagged < leastTagged * length)
    throw new CorpusUnreadable(`${tagged} of ${length} packages in the index have debtags: ${rightIndex}`)
  return corpus
}

/** In the order of the names. Of stanzas of the same name the first counts. */
export async function corpusIn(chunks: AsyncIterable<string>, names: readonly string[]): Promise<Corpus> {
  const wanted = new Set(names)
  const found = new Map<string, Document>()
  for await (const stanza of stanzasIn(chunks)) {
    const name = /^Package: *(\S+)/m.exec(stanza)?.[1]
    if (name === undefined || !wanted.has(name) || found.has(name)) continue
    const document = documentOf(stanza)
    if (document !== undefined) found.set(name, document)
  }
  return {
    documents: names.flatMap((name) => found.get(name) ?? []),
    missing: names.filter((name) => !found.has(name)),
  }
}

async function* stanzasIn(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  yield rest
}
