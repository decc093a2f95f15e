import type { Response, Server } from 'memjs'

/** What stands for a value that was too long to be read. */
export const tooLong: Buffer = Buffer.alloc(0)

/** Parts of the client's server that its types do not tell of. */
export interface BoundServer extends Server {
  /** What has come of an answer that is not there as a whole. */
  responseBuffer: Buffer
  responseHandler(chunk: Buffer): void
  respond(answer: Response): void
}

/** Binary protocol: the head of an answer, with its length and the number of what was asked. */
const headBytes = 24
const lengthAt = 8
const numberAt = 12
/** Flags, and a key, which no answer here has. */
const besideValue = 64

/**
 * The client collects an answer in memory until all of it is there, however long the server says that it will be, and whoever
 * may write to the server may make it as long as that keeps. Here whoever has asked for one that is too long is given
 * `tooLong`, and `hangUp` has to end the connection: all that would still come is read by nobody.
 */
export function boundAnswers(
  server: BoundServer,
  maxValueBytes: number,
  hangUp: (reason: Error) => void,
): void {
  const handle = server.responseHandler.bind(server)
  server.responseHandler = (chunk) => {
    handle(chunk)
    const begun = server.responseBuffer
    if (begun.length < headBytes || begun.readUInt32BE(lengthAt) <= maxValueBytes + besideValue) return
    const number = begun.readUInt32BE(numberAt)
    server.responseBuffer = Buffer.alloc(0)
    server.respond({
      header: { ...emptyHeader, opaque: number },
      key: nothing,
      extras: nothing,
      val: tooLong,
    })
    hangUp(new Error('it sends a value that is longer than what is kept'))
  }
}

const nothing = Buffer.alloc(0)
const emptyHeader = {
  magic: 0x81,
  opcode: 0,
  keyLength: 0,
  extrasLength: 0,
  dataType: 0,
  status: 0,
  totalBodyLength: 0,
  cas: nothing,
}
