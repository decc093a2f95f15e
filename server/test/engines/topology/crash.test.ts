import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { test } from 'node:test'
import { crashShared } from '../../crash/shared-driver.ts'
import { topologySkip } from '../../kit/servers/topology.ts'

const kills = Number(process.env['LADING_SHARED_CRASH_KILLS'] ?? 10)

test(`what either process has acknowledged survives ${kills} kills, with clocks 5 s apart`, {
  skip: topologySkip,
  timeout: 120_000 + kills * 20_000,
}, async (t) => {
  const seed = Date.now() % 2 ** 31
  const { wrong, answers, end, ...counts } = await crashShared({ kills, seed })
  t.diagnostic(
    `seed ${seed}: ${JSON.stringify(counts)}, ${[...answers].map((each) => each.join(' ')).join(', ')}`,
  )
  assert.deepEqual(wrong, [], `npm run crash -- --shared --kills ${kills} --seed ${seed}`)
  assert.equal(counts.kills, kills)
  assert.ok(counts.alone > 0, 'the other process went on')
  assert.ok(end !== undefined && end.files > 0, 'no space was given back')
})

test('objects of acknowledged content that are lost are told', {
  skip: topologySkip,
  timeout: 120_000,
}, async () => {
  const { wrong } = await crashShared({
    kills: 6,
    seed: 3,
    harm: async ({ s3, bucket }, kill) => {
      if (kill < 3) return
      const folder = s3.pathOf(bucket, '')
      const content = (await readdir(folder)).filter((name) => name !== 'owner')
      for (const name of content) await rm(`${folder}/${name}`, { recursive: true })
    },
  })
  assert.match(wrong.join('\n'), /is damaged/)
})
