import { BSON, type Document } from 'mongodb'

/** A message of MongoDB's wire protocol, as far as commands and their answers go. */
export interface Message {
  readonly requestId: number
  readonly responseTo: number
  readonly body: Document
  /** With another body, and everything else as it is. */
  withBody(body: Document): Buffer
}

const opReply = 1
const opQuery = 2004
const opMsg = 2013
const headerBytes = 16
/** Types as they came: what goes on is what was sent. */
const asSent = { promoteValues: false, promoteLongs: false, promoteBuffers: false } as const

/** The answer to a message, as OP_MSG. */
export function answerTo({ requestId }: Pick<Message, 'requestId'>, body: Document): Buffer {
  return framed({ requestId: 0, responseTo: requestId, code: opMsg }, [
    Buffer.alloc(4),
    Buffer.of(0),
    BSON.serialize(body),
  ])
}

/** Collects chunks into whole messages. */
export class Messages {
  #rest: Buffer = Buffer.alloc(0)

  add(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const whole: Buffer[] = []
    for (;;) {
      const length = this.#rest.length < 4 ? Number.POSITIVE_INFINITY : this.#rest.readInt32LE(0)
      if (this.#rest.length < length) return whole
      whole.push(this.#rest.subarray(0, length))
      this.#rest = this.#rest.subarray(length)
    }
  }
}

export function readMessage(bytes: Buffer): Message {
  const code = bytes.readInt32LE(12)
  const header = { requestId: bytes.readInt32LE(4), responseTo: bytes.readInt32LE(8), code }
  const from = bodyStart(bytes, code)
  const to = from + bytes.readInt32LE(from)
  return {
    ...header,
    body: BSON.deserialize(bytes.subarray(from, to), asSent),
    withBody: (body) =>
      framed(header, [bytes.subarray(headerBytes, from), BSON.serialize(body), bytes.subarray(to)]),
  }
}

function bodyStart(bytes: Buffer, code: number): number {
  switch (code) {
    case opReply:
      return headerBytes + 20
    case opQuery:
      // Flags, the collection's name up to its NUL, two numbers.
      return bytes.indexOf(0, headerBytes + 4) + 1 + 8
    case opMsg:
      return sectionStart(bytes)
    default:
      throw new Error(`a message of kind ${code}`)
  }
}

/** Of the section that has the command; lists of documents may stand before it. */
function sectionStart(bytes: Buffer): number {
  let at = headerBytes + 4
  while (bytes[at] === 1) at += 1 + bytes.readInt32LE(at + 1)
  return at + 1
}

function framed(
  header: { readonly requestId: number; readonly responseTo: number; readonly code: number },
  parts: readonly Uint8Array[],
): Buffer {
  const rest = Buffer.concat(parts)
  const whole = Buffer.alloc(headerBytes + rest.length)
  whole.writeInt32LE(whole.length, 0)
  whole.writeInt32LE(header.requestId, 4)
  whole.writeInt32LE(header.responseTo, 8)
  whole.writeInt32LE(header.code, 12)
  rest.copy(whole, headerBytes)
  return whole
}
