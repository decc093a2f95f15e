import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { makeImage } from '../../../conformance/kit/image.ts'
import { assertServes } from '../../../conformance/kit/registry-reader.ts'
import { Load, lading, moveByGuide, serve, stateOf, succeed, untilSealed } from '../engines/copy/copy-load.ts'
import { pushImage } from '../kit/push-image.ts'
import { until } from '../kit/until.ts'

let root = ''
let data = ''
let target = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-copy-'))
  data = join(root, 'data')
  target = join(root, 'target')
  await mkdir(join(root, 'tmp'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

test('a registry is copied while clients push and delete, and once they rest the copy is the same', async () => {
  {
    using server = await serve(root, '--data', data)
    const load = new Load(server.url)
    await until(async () => load.pushes >= 9)
    const moment = join(root, 'moment')
    const taken = await succeed(root, 'copy', '--from', data, '--to', moment, '--moment')
    assert.match(taken, /Start it: lading serve --data .*moment/)
    const under = await lading(root, 'copy', '--from', data, '--to', target).ended
    if (under.code === 0) await rm(target, { recursive: true })
    else {
      assert.equal(under.code, 4, under.printed)
      assert.match(under.printed, /still changes.*\nStop writes and run it again/)
      const refused = await lading(root, 'serve', '--listen', '127.0.0.1:0', '--data', target).ended
      assert.equal(refused.code, 1)
      assert.match(refused.printed, /target of a copy that was begun .* run the same `lading copy` again/)
    }
    const kept = await load.stop()
    await untilSealed(root, '--data', data)
    assert.match(await succeed(root, 'copy', '--from', data, '--to', `folder:${target}`), /all compared/)
    await server.end('SIGTERM')
    await stateOf(moment)
    assert.deepEqual(await stateOf(target), await stateOf(data))
    using copied = await serve(root, '--data', target)
    for (const { repository, tag, image } of kept) await assertServes(copied.url, repository, tag, image)
    await pushImage(copied.url, 'acme/app', 'later', makeImage([90_000]))
    await copied.end('SIGTERM')
  }
  const back = join(root, 'back')
  await succeed(root, 'copy', '--from', target, '--to', back)
  assert.deepEqual(await stateOf(back), await stateOf(target), 'and back again')
})

test('the steps of the guide move a registry that is pushed to, and the last copies only what is new', async () => {
  await writeFile(join(root, 'lading.target.yaml'), 'data: ./moved\n')
  await moveByGuide(root, () => stateOf(join(root, 'moved')))
})

test('a copy that is killed goes on where it was, and ends the same', async () => {
  {
    using server = await serve(root, '--data', data)
    for (let n = 0; n < 40; n++) await pushImage(server.url, 'acme/app', `v${n}`, makeImage([100, 80_000]))
    await server.end('SIGTERM')
  }
  const files = async (): Promise<number> =>
    existsSync(join(target, 'blobs'))
      ? (await readdir(join(target, 'blobs'), { recursive: true })).filter((name) => name.length > 10).length
      : -1
  let kills = 0
  for (let round = 0; round < 3; round++) {
    const before = Math.max(0, await files())
    const wanted = before + Math.floor(Math.random() * 12)
    const copy = lading(root, 'copy', '--from', data, '--to', target)
    let hasEnded = false
    void copy.ended.then(() => {
      hasEnded = true
    })
    await until(async () => hasEnded || (await files()) > wanted)
    copy.child.kill('SIGKILL')
    const { code, printed } = await copy.ended
    if (code === null) kills++
    else assert.equal(code, 0, printed)
    if (code === 0) break
  }
  assert.ok(kills > 0, 'every copy was quicker than its kill')
  const { code, printed } = await lading(root, 'copy', '--from', data, '--to', target, '--json').ended
  // The last kill may have come after the end.
  if (code === 0) assert.equal(JSON.parse(printed).whole, true)
  else assert.match(printed, /holds a registry already/)
  assert.deepEqual(await stateOf(target), await stateOf(data))
})

test('a copy that a server makes ends when the command is interrupted, and another run goes on with it', async () => {
  using server = await serve(root, '--data', data)
  for (let n = 0; n < 40; n++) await pushImage(server.url, 'acme/app', `v${n}`, makeImage([100, 80_000]))
  await untilSealed(root, '--data', data)
  const copy = lading(root, 'copy', '--from', data, '--to', target)
  await until(async () => existsSync(join(target, 'blobs')))
  copy.child.kill('SIGINT')
  const { code, printed } = await copy.ended
  assert.ok(code === 130 || code === 0, printed)
  if (code === 130) assert.match(printed, /interrupted .*run it again, and it goes on from there/)
  await server.end('SIGTERM')
  if (code === 130) await succeed(root, 'copy', '--from', data, '--to', target)
  assert.deepEqual(await stateOf(target), await stateOf(data))
})
