import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import type { LiveHash } from '../shared/live-hash.ts'
import type { SentPart } from './known-files.ts'
import { beginUpload, sendPart, type Upload } from './multipart.ts'
import type { PartBuffer } from './part-buffer.ts'
import type { S3State } from './s3-state.ts'
import { tailHead } from './tail-head.ts'
import { replaceTail, type Tail } from './tails.ts'

/** After so many further parts S3 is told that they count: a process that takes over finds no fewer. */
const partsAStep = 8

/** Where an append begins. */
export interface Beginning {
  readonly file: FileName
  readonly tail: Tail | undefined
  /** What the tail has. */
  readonly bytes: Uint8Array
  /** Of the parts that the tail counts; undefined: not known here. */
  readonly parts: readonly SentPart[] | undefined
  readonly hash: LiveHash | undefined
}

/** The parts of one append on their way, and what of them counts. */
export class SentParts {
  readonly #state: S3State
  readonly #from: Beginning
  readonly #underWay = new Set<Promise<void>>()
  /** By their place after those that counted before. */
  readonly #done: (SentPart | undefined)[] = []
  #upload: Upload | undefined
  #tail: Tail | undefined
  #marking: Promise<void> | undefined
  #begun = 0
  #failed: { readonly error: unknown } | undefined

  constructor(state: S3State, from: Beginning) {
    this.#state = state
    this.#from = from
    this.#tail = from.tail
    const { tail, file } = from
    if (tail?.upload !== undefined) this.#upload = { key: state.keys.blob(file), id: tail.upload }
  }

  /** Every part of the file, where all are known. */
  get parts(): readonly SentPart[] | undefined {
    const { tail, parts = [] } = this.#from
    if (parts.length !== (tail?.parts ?? 0)) return undefined
    return [...parts, ...this.#inOrder()]
  }

  /** Of the part that comes next. */
  nextBytes(): number {
    return this.#state.plan.bytesOf(this.#before + this.#begun + 1)
  }

  throwIfFailed(): void {
    if (this.#failed !== undefined) throw this.#failed.error
  }

  /** Resolves when it is on its way. */
  async send(buffer: PartBuffer): Promise<void> {
    const place = this.#begun
    this.#begun += 1
    try {
      // Refused here, since it could not be sealed.
      if (this.#before + this.#begun > this.#state.plan.mostWhole)
        throw new BlobsError(
          'full',
          `a file has ${this.#state.plan.mostWhole + 1} parts at the most; larger parts make larger files`,
        )
      this.#upload ??= await this.#begin(buffer)
    } catch (error) {
      this.#failed ??= { error }
      await buffer.give()
      throw error
    }
    const upload = this.#upload
    const sending = this.#sendOne(upload, buffer, place).finally(() => this.#underWay.delete(sending))
    this.#underWay.add(sending)
    while (this.#underWay.size >= this.#state.bounds.partsInFlight) await this.oneLess()
  }

  /** Waits for one part to arrive; false where none is on its way. */
  async oneLess(): Promise<boolean> {
    if (this.#underWay.size === 0) return false
    await Promise.race(this.#underWay)
    return true
  }

  async settle(): Promise<void> {
    while (await this.oneLess());
    await this.#marking
  }

  /** Where what has arrived ends. */
  async kept(): Promise<number> {
    await Promise.all(this.#underWay)
    return this.#offset(this.#inOrder())
  }

  /** @param body what is too short for a part, after a tail's head */
  async end(body: Uint8Array): Promise<Tail> {
    const parts = this.#inOrder()
    const next = {
      upload: this.#upload?.id,
      parts: this.#before + parts.length,
      offset: this.#offset(parts),
      body,
    }
    this.#tail = await replaceTail(this.#state, this.#from.file, { next, replaces: this.#tail })
    return this.#tail
  }

  get #before(): number {
    return this.#from.tail?.parts ?? 0
  }

  #offset(parts: readonly SentPart[]): number {
    return parts.reduce((sum, { bytes }) => sum + bytes, this.#from.tail?.offset ?? 0)
  }

  #inOrder(): readonly SentPart[] {
    const parts: SentPart[] = []
    for (const part of this.#done) {
      if (part === undefined) break
      parts.push(part)
    }
    return parts
  }

  /**
   * From its first part on the file is one that is listed. Where this fails, the upload is never given up here: what says
   * that it is the file's may have arrived nevertheless, or arrive late. If not, it is tidied up, or goes with the file.
   */
  async #begin(buffer: PartBuffer): Promise<Upload> {
    const { file, bytes } = this.#from
    const upload = await beginUpload(this.#state, this.#state.keys.blob(file))
    this.#upload = upload
    const body = new Uint8Array(tailHead + bytes.length)
    body.set(buffer.bytes.subarray(0, bytes.length), tailHead)
    const next = { upload: upload.id, parts: 0, offset: 0, body }
    this.#mark(() => replaceTail(this.#state, file, { next, replaces: this.#tail }))
    return upload
  }

  async #sendOne(upload: Upload, buffer: PartBuffer, place: number): Promise<void> {
    try {
      const number = this.#before + place + 1
      // Room is made for it, so that one that arrives earlier stands at its place.
      this.#done[place] = undefined
      this.#done[place] = await sendPart(this.#state, upload, { number, body: buffer.bytes })
      this.#markStep()
    } catch (error) {
      this.#failed ??= { error }
    } finally {
      await buffer.give()
    }
  }

  #markStep(): void {
    const parts = this.#inOrder()
    const counted = this.#before + parts.length
    if (this.#marking !== undefined || counted - (this.#tail?.parts ?? 0) < partsAStep) return
    const body = new Uint8Array(tailHead)
    const next = { upload: this.#upload?.id, parts: counted, offset: this.#offset(parts), body }
    this.#mark(() => replaceTail(this.#state, this.#from.file, { next, replaces: this.#tail }))
  }

  #mark(write: () => Promise<Tail>): void {
    this.#marking = write()
      .then(
        (tail) => {
          this.#tail = tail
        },
        (error: unknown) => {
          this.#failed ??= { error }
        },
      )
      .finally(() => {
        this.#marking = undefined
      })
  }
}
