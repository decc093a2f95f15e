import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { spawnChild } from '../../process/live.ts'
import type { Corpus, Document } from './corpus.ts'
import { documentOf } from './stanza.ts'

/** With fewer of the names the figures would say nothing about those of others. */
const leastShare = 0.9

export class CorpusUnreadable extends Error {
  override readonly name = 'CorpusUnreadable'
}

export function corpusNames(): readonly string[] {
  const lines = readFileSync(new URL('corpus-names.txt', import.meta.url), 'utf8').split('\n')
  return lines.filter((line) => line !== '')
}

/**
 * The texts of the named packages, from the package index of this machine. Throws CorpusUnreadable where there is no
 * apt-cache, where it fails, or where the index has fewer than nine of ten names.
 */
export async function readCorpus(names: readonly string[] = corpusNames()): Promise<Corpus> {
  const child = spawnChild('apt-cache', ['dumpavail'], { stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.stdout === null || child.stderr === null) throw new Error('apt-cache has no pipes')
  const ended = Promise.all([once(child, 'close'), text(child.stderr)]).catch((error: unknown) => {
    throw new CorpusUnreadable('apt-cache does not run: the texts come from the package index of Debian', {
      cause: error,
    })
  })
  child.stdout.setEncoding('utf8')
  const [corpus, [[code], complaint]] = await Promise.all([corpusIn(child.stdout, names), ended])
  if (code !== 0) throw new CorpusUnreadable(`apt-cache dumpavail ended with ${code}: ${complaint.trim()}`)
  if (corpus.documents.length < leastShare * names.length)
    throw new CorpusUnreadable(
      `the package index has ${corpus.documents.length} of ${names.length} packages: it is not that of Debian bookworm main`,
    )
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
