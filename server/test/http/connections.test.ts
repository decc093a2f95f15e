import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { Connections } from '../../src/http/connections.ts'
import { leftAmongOld } from '../kit/old-garbage.ts'

const limits = {
  connections: 100,
  minBodyRate: 0,
  minAnswerRate: 0,
  idleTimeout: 1_000,
  headersTimeout: 1_000,
}
const held = 8

/** As much of a connection as is looked at, and something that it holds. */
function madeSocket(): EventEmitter {
  return Object.assign(new EventEmitter(), { bytesRead: 1, bytesWritten: 2, held: new Array(256).fill(0) })
}

for (const isSecure of [false, true]) {
  test(`connections that have gone${isSecure ? ' before they were secure' : ''} leave nothing to the full collection`, () => {
    const server = new EventEmitter()
    const connections = new Connections(server as Server, limits, isSecure)
    const open: EventEmitter[] = []
    let gone = 0
    const left = leftAmongOld(20_000, () => {
      const socket = madeSocket()
      server.emit('connection', socket as Socket)
      open.push(socket)
      if (open.length <= held) return
      open.shift()?.emit('close')
      gone++
    })
    assert.ok(left < 100, `${left} bytes a connection`)
    const all = held + gone
    assert.deepEqual(connections.figures(), { open: held, refused: 0, received: all, sent: 2 * all })
  })
}
