import { connect } from 'node:net'

export interface Downloaded {
  readonly times: number
  readonly bytes: number
}

const bufferBytes = 1024 * 1024
const headEnd = Buffer.from('\r\n\r\n')
const mostHeadBytes = 64 * 1024

/**
 * Downloads the same thing again and again over one connection, until the time is over and the last one is whole. Reads
 * into one buffer and looks at nothing but the heads, so that the client costs as little as can be.
 */
export function download(
  origin: string,
  path: string,
  bytes: number,
  milliseconds: number,
): Promise<Downloaded> {
  const { hostname, port } = new URL(origin)
  const asking = `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`
  return new Promise((resolve, reject) => {
    const end = performance.now() + milliseconds
    let times = 0
    let left = 0
    let head = Buffer.alloc(0)
    const take = (chunk: Buffer): void => {
      let body = chunk
      if (left === 0) {
        head = Buffer.concat([head, chunk])
        const at = head.indexOf(headEnd)
        if (at === -1 && head.length < mostHeadBytes) return
        const text = head.toString('latin1', 0, at === -1 ? mostHeadBytes : at)
        checkHead(text, bytes)
        body = head.subarray(at + headEnd.length)
        head = Buffer.alloc(0)
        left = bytes
      }
      left -= body.length
      if (left < 0) throw new Error(`${path}: more bytes than the answer's head announced`)
      if (left > 0) return
      times += 1
      if (performance.now() < end) socket.write(asking)
      else socket.end(() => resolve({ times, bytes: times * bytes }))
    }
    const onread = {
      buffer: Buffer.alloc(bufferBytes),
      callback: (length: number, buffer: Uint8Array): boolean => {
        try {
          take(Buffer.from(buffer.buffer, buffer.byteOffset, length))
        } catch (error) {
          socket.destroy(error as Error)
        }
        return true
      },
    }
    const socket = connect({ host: hostname, port: Number(port), onread }, () => socket.write(asking))
    socket.on('error', reject)
    socket.on('close', () =>
      reject(new Error(`${path}: the server closed the connection after ${times} times`)),
    )
  })
}

function checkHead(head: string, bytes: number): void {
  const status = head.slice(0, head.indexOf('\r\n'))
  if (!/^HTTP\/1\.1 200 /.test(status)) throw new Error(`not answered with 200: ${status}`)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (Number(length) !== bytes) throw new Error(`content-length ${length} is not ${bytes}`)
}
