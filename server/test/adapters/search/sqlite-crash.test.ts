import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import { asked, word } from '../../../src/ports/search/suite/harness.ts'

const documents = 300
const kills = 6

/** Runs until it has told so many marks, and a while longer; then kills it. Answers the last mark that it told. */
async function killed(
  folder: string,
  what: string,
  { marks, afterMs }: { marks: number; afterMs: number },
): Promise<number> {
  const program = join(import.meta.dirname, 'sqlite-child.ts')
  const child = spawn(process.execPath, [program, folder, what], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let last = 0
  let left = marks
  const enough = Promise.withResolvers<void>()
  createInterface(child.stdout).on('line', (line) => {
    last = Number(line.split(' ')[1])
    if (--left === 0) enough.resolve()
  })
  await Promise.race([enough.promise, exited])
  assert.equal(child.exitCode, null, 'it goes on until it is killed')
  await setTimeout(afterMs)
  child.kill('SIGKILL')
  await exited
  return last
}

for (const what of ['apply', 'build'])
  test(`killed while it runs (${what}), an index is of one state when it is opened again, and not of an earlier one than was told`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
    try {
      for (let kill = 0; kill < kills; kill++) {
        const told = await killed(folder, what, { marks: 3, afterMs: kill * 7 })
        const engine = openSqliteSearch({ folder })
        try {
          const mark = await engine.mark()
          assert.ok(mark !== undefined && Number(mark) >= told, `${mark} after ${told}`)
          const { total, facets } = await asked(engine, {
            clauses: [word(`state${mark}`), word(`word${mark}`)],
            facets: ['topic'],
          })
          assert.equal(total, documents)
          assert.deepEqual(facets.topic, [{ label: `state${mark}`, count: documents }])
          assert.equal((await asked(engine)).total, documents)
          const signal = AbortSignal.timeout(20_000)
          const sight = [{}]
          assert.equal(
            (await engine.complete({ text: `state${mark}`, sight, limit: 999 }, signal)).length,
            documents,
          )
          const listed = await engine.list(undefined, documents + 1)
          assert.equal(listed.length, documents)
          assert.ok(listed.every(({ version }) => version === Number(mark)))
        } finally {
          await engine.close()
        }
        const files = (await readdir(folder)).filter((name) => name.endsWith('.db'))
        assert.equal(files.length, 1, 'what was not finished is gone')
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
