import assert from 'node:assert/strict'
import { chmod, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type CrashOptions, crash } from './driver.ts'
import { unmet } from './report.ts'
import { copyDatabase } from './server.ts'

const kills = Number(process.env['LADING_CRASH_KILLS'] ?? 30)
/** Long enough for lives in which something was acknowledged. */
const harmedKills = 6

test(`what was acknowledged survives ${kills} kills`, { timeout: 60_000 + kills * 20_000 }, async (t) => {
  const seed = Date.now() % 2 ** 31
  const report = await crash({ kills, seed })
  t.diagnostic(`seed ${seed}: ${JSON.stringify(report.met)}`)
  assert.deepEqual(report.wrong, [], `npm run crash -- --kills ${kills} --seed ${seed}`)
  assert.equal(report.kills, kills)
  assert.deepEqual(
    unmet(report),
    [],
    `no kill landed there: npm run crash -- --kills ${kills} --seed ${seed}`,
  )
  const { end, taken } = report
  assert.ok(end !== undefined && end.files + (taken.get('empty-trash') ?? 0) > 0, 'no space was given back')
})

/** Lives may be so short that nothing was acknowledged which the harm could hit: then others are lived. */
const harmedRuns = 4

/** Runs until the harm was done, and told as it should be: by chance it meets what is told of otherwise first. */
async function findHarm(harm: NonNullable<CrashOptions['harm']>, as: RegExp): Promise<void> {
  const told: string[] = []
  for (let seed = 2; seed < 2 + harmedRuns; seed++) {
    const { wrong } = await crash({ kills: harmedKills, seed, harm })
    told.push(...wrong)
    if (wrong.some((one) => as.test(one))) return
  }
  assert.fail(`the loss was not seen, but ${told.join('; ') || 'nothing'}`)
}

test('acknowledged rows that are lost are told', { timeout: 120_000 }, async () => {
  const kept = await mkdtemp(join(tmpdir(), 'lading-crash-kept-'))
  try {
    await findHarm(
      {
        before: (data) => copyDatabase(data, kept),
        after: async (data, kill) => {
          if (kill > 1) await copyDatabase(kept, data)
        },
      },
      /it must be|were acknowledged/,
    )
  } finally {
    await rm(kept, { recursive: true, force: true })
  }
})

test('files of acknowledged blobs that are lost are told', { timeout: 120_000 }, async () => {
  await findHarm(
    {
      after: async (data) => {
        for (const path of await sealedFiles(data)) await rm(path)
      },
    },
    /is damaged/,
  )
})

test('a byte that has changed is told', { timeout: 120_000 }, async () => {
  await findHarm(
    {
      after: async (data) => {
        for (const path of await sealedFiles(data)) await changeByte(path)
      },
    },
    /other bytes/,
  )
})

/** Their owner may not write to them any more. */
async function sealedFiles(data: string): Promise<string[]> {
  const entries = await readdir(join(data, 'blobs'), { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name !== 'owner')
    .map((entry) => join(entry.parentPath, entry.name))
  const modes = await Promise.all(paths.map(async (path) => (await stat(path)).mode))
  return paths.filter((_, at) => ((modes[at] ?? 0) & 0o222) === 0)
}

async function changeByte(path: string): Promise<void> {
  const { size, mode } = await stat(path)
  await using file = await openWritable(path, mode)
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, size >> 1)
  await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, size >> 1)
}

async function openWritable(path: string, mode: number): ReturnType<typeof open> {
  await chmod(path, mode | 0o200)
  const file = await open(path, 'r+')
  await chmod(path, mode)
  return file
}
