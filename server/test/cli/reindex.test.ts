import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { inWords } from '../../src/cli/operate.ts'
import { SearchError } from '../../src/ports/search/errors.ts'
import { filledFolder } from './filled-folder.ts'
import { type Ran, runLine, runWell } from './run-line.ts'

/** What a proxy answers for the engine that it cannot reach. */
const page = `<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>${'<p>nginx</p>\n'.repeat(500)}</body></html>`

async function proxy(status: number): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'Content-Type': 'text/html' }).end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A port that nobody listens at. */
async function nowhere(): Promise<string> {
  await using taken = await proxy(200)
  return taken.url
}

const plain = ({ out, err }: Ran): void => assert.doesNotMatch(`${out}\n${err}`, /^\s+at |[<>]|Error:/m)

describe('lading reindex', () => {
  it('works on the data folder itself where no server runs, and finds nothing to tell then', async () => {
    await using filled = await filledFolder()
    await rm(join(filled.data, 'search'), { recursive: true, force: true })
    assert.equal((await runWell(`reindex --data ${filled.data}`)).out, 'Indexed 1 artifact for sqlite')
    assert.equal(
      (await runWell(`reindex --compare --data ${filled.data}`)).out,
      'The index of sqlite is as the records are',
    )
  })

  it('says in a sentence that an engine is away, and does the others', async () => {
    await using filled = await filledFolder()
    await using broken = await proxy(502)
    await using found = await proxy(200)
    for (const url of [await nowhere(), broken.url, found.url])
      for (const engine of ['opensearch', 'elasticsearch']) {
        const env = { LADING_SEARCH_ENGINE: engine, LADING_SEARCH_URL: url }
        const ran = await runLine(`reindex --data ${filled.data}`, { env })
        plain(ran)
        const [away = '', own, ...more] = ran.out.split('\n')
        assert.ok(away.startsWith(`Nothing could be done for ${engine}: `) && away.length < 200, away)
        assert.deepEqual([own, more, ran.err, ran.code], ['Indexed 1 artifact for sqlite', [], '', 1])
      }
  })

  it('says in a sentence what to do where there is nothing to work on', async () => {
    await using filled = await filledFolder()
    const empty = join(filled.root, 'empty')
    const file = join(filled.root, 'lading.db')
    await writeFile(file, 'no database')
    const url = (await nowhere()).replace('http:', 'postgresql:')
    const cases: readonly [line: string, env: Record<string, string>, says: RegExp][] = [
      [`--data ${empty}`, {}, /there is no data folder .*; name it with --data/],
      [`--data ${filled.root}`, {}, /not a database/],
      [`--data ${filled.data}`, { LADING_SEARCH_ENGINE: 'none' }, /set it to store, opensearch or elasti/],
      [`--data ${filled.data}`, { LADING_STORE_URL: `${url}/lading` }, /start PostgreSQL/],
      [`--data ${filled.data} --engine mongodb`, {}, /there is no search engine mongodb here, but sqlite/],
    ]
    for (const [line, env, says] of cases) {
      const ran = await runLine(`reindex ${line}`, { env })
      plain(ran)
      assert.match(ran.err, says)
      assert.deepEqual([ran.code, ran.out, ran.err.split('\n').length], [1, '', 1], line)
    }
  })

  it('tells what an engine says in its words, wherever it comes from', () => {
    const told = inWords(new SearchError('unavailable', 'it is away'))
    assert.equal(String(told), 'Failure: it is away')
  })
})
