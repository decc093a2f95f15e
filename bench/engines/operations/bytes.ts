import { createHash, randomBytes, randomFillSync } from 'node:crypto'
import { s3BlobsOn } from '../layers/s3-blobs.ts'
import type { S3Layer } from '../layers/s3-layer.ts'
import { s3SdkOn } from '../layers/s3-sdk.ts'
import type { Measurement, S3LayerName, S3Place, Task } from '../task.ts'

const megabyte = 1e6
const tailBytes = 32

/** One client, object after object, each removed when its time has been taken: MB of 10^6 bytes a second. */
export async function measureBytes(task: Extract<Task, { do: 'push' | 'pull' }>): Promise<Measurement> {
  await using layer = await openS3Layer(task.layer, task.place)
  const objects = new Objects(task.bytes)
  await checkOne(layer, objects)
  return task.do === 'push' ? await pushes(layer, objects, task) : await pulls(layer, objects, task)
}

async function openS3Layer(name: S3LayerName, place: S3Place): Promise<S3Layer> {
  switch (name) {
    case 'blobs':
      return await s3BlobsOn(place)
    case 'sdk':
      return s3SdkOn(place)
  }
}

/** All but for their last bytes the same, so that their digests cost nothing. */
class Objects {
  readonly #bytes: Buffer
  readonly #hash: ReturnType<typeof createHash>

  constructor(bytes: number) {
    this.#bytes = Buffer.alloc(bytes)
    randomFillSync(this.#bytes)
    this.#hash = createHash('sha256').update(this.#bytes.subarray(0, -tailBytes))
  }

  next(): { readonly bytes: Buffer; readonly digest: string } {
    const tail = randomBytes(tailBytes)
    tail.copy(this.#bytes, this.#bytes.length - tailBytes)
    return { bytes: this.#bytes, digest: `sha256:${this.#hash.copy().update(tail).digest('hex')}` }
  }
}

/** What is pushed comes back as it was. It warms up, too. */
async function checkOne(layer: S3Layer, objects: Objects): Promise<void> {
  const { bytes, digest } = objects.next()
  const name = await layer.push(bytes, digest)
  const hash = createHash('sha256')
  await layer.pull(name, (chunk) => hash.update(chunk))
  if (`sha256:${hash.digest('hex')}` !== digest) throw new Error('other bytes came back')
  await layer.remove(name)
}

type Measuring = Pick<Extract<Task, { do: 'push' | 'pull' }>, 'bytes' | 'seconds'>

async function pushes(layer: S3Layer, objects: Objects, { bytes, seconds }: Measuring): Promise<Measurement> {
  let [took, times] = [0, 0]
  do {
    const object = objects.next()
    const begun = performance.now()
    const name = await layer.push(object.bytes, object.digest)
    took += performance.now() - begun
    times += 1
    await layer.remove(name)
  } while (took < seconds * 1000)
  return { rate: rateOf(times * bytes, took) }
}

async function pulls(layer: S3Layer, objects: Objects, { bytes, seconds }: Measuring): Promise<Measurement> {
  const object = objects.next()
  const name = await layer.push(object.bytes, object.digest)
  let [took, times] = [0, 0]
  do {
    let came = 0
    const begun = performance.now()
    await layer.pull(name, (chunk) => {
      came += chunk.length
    })
    took += performance.now() - begun
    times += 1
    if (came !== bytes) throw new Error(`${came} bytes came back, not ${bytes}`)
  } while (took < seconds * 1000)
  await layer.remove(name)
  return { rate: rateOf(times * bytes, took) }
}

const rateOf = (bytes: number, ms: number): number => (bytes * 1000) / ms / megabyte
