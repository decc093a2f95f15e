import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { Slots } from '../domain/slots.ts'
import { beneathTls, currentResponse, isBetweenRequests } from './current-response.ts'
import { looksAtAnswers, SlowTakers } from './slow-takers.ts'

export interface ConnectionLimits {
  readonly connections: number
  readonly minBodyRate: number
  readonly minAnswerRate: number
  readonly idleTimeout: number
  /** ms for a handshake of TLS, too. */
  readonly headersTimeout: number
}

export interface ConnectionFigures {
  readonly open: number
  /** Turned away since the start. */
  readonly refused: number
  /** Bytes since the start; of TLS, those within. */
  readonly received: number
  readonly sent: number
}

/** Connections beyond the limit that are still let in, for long enough to be told to come back. */
export const surplusRoom: number = 64
/** A connection that is to be told so has to ask within this time. */
const surplusMs = 2000

/** A handshake that has taken this part of its time may have to give way. */
const slowPart = 0.1

interface Handshake {
  readonly socket: Socket
  readonly begun: number
}

interface Places {
  readonly open: number
  handshake: number | undefined
}

/** What stood of a body when it was last looked at. */
interface Seen {
  readonly request: IncomingMessage
  readonly received: number
}

/** The open connections of a server: how many, what they carry, and which of them have to go. */
export class Connections {
  readonly #limits: ConnectionLimits
  readonly #open = new Slots<Socket>()
  /** Those that are not yet secure. */
  readonly #handshakes = new Slots<Handshake>()
  /** Where a socket is in the two. */
  readonly #places = new WeakMap<Socket, Places>()
  readonly #surplus = new WeakSet<Socket>()
  readonly #seen = new WeakMap<Socket, Seen>()
  readonly #watches: NodeJS.Timeout[] = []
  #refused = 0
  #received = 0
  #sent = 0

  /** `isSecure`: the server speaks TLS. */
  constructor(server: Server, limits: ConnectionLimits, isSecure: boolean) {
    this.#limits = limits
    // Node lets go of those beyond by itself, without a word.
    server.maxConnections = limits.connections + surplusRoom
    server.on('drop', () => {
      this.#refused++
    })
    server.on('connection', (socket: Socket) => {
      this.#come(socket)
      if (isSecure) this.#shakeHands(socket)
    })
    if (isSecure) server.on('secureConnection', (socket: Socket) => this.#secure(socket))
    const { minBodyRate, minAnswerRate, idleTimeout } = limits
    if (minBodyRate > 0) this.#watches.push(setInterval(() => this.#endSlow(), idleTimeout).unref())
    if (minAnswerRate > 0) {
      const takers = new SlowTakers(minAnswerRate, idleTimeout)
      const look = (): void => takers.look(this.#open.values())
      this.#watches.push(setInterval(look, idleTimeout / looksAtAnswers).unref())
    }
  }

  /** It came while too many were open: whatever it asks for, it is told to come back. */
  isSurplus(socket: Socket): boolean {
    return this.#surplus.has(socket)
  }

  figures(): ConnectionFigures {
    let received = this.#received
    let sent = this.#sent
    for (const socket of this.#open.values()) {
      received += socket.bytesRead
      sent += socket.bytesWritten
    }
    return { open: this.#open.size, refused: this.#refused, received, sent }
  }

  stop(): void {
    for (const watch of this.#watches) clearInterval(watch)
  }

  /** Those that have had an answer, and wait for a next request. */
  endUsed(): void {
    for (const socket of this.#open.values()) if (isBetweenRequests(socket)) socket.destroy()
  }

  #come(socket: Socket): void {
    if (this.#open.size >= this.#limits.connections && !this.#makeRoom()) this.#turnAway(socket)
    this.#add(socket)
  }

  /** From now on it stands for the connection that it is spoken over. */
  #secure(socket: Socket): void {
    const beneath = beneathTls(socket)
    if (beneath !== undefined) {
      this.#leave(beneath)
      if (this.#surplus.has(beneath)) this.#surplus.add(socket)
    }
    this.#add(socket)
  }

  #add(socket: Socket): void {
    this.#places.set(socket, { open: this.#open.put(socket), handshake: undefined })
    socket.once('close', () => {
      if (!this.#leave(socket)) return
      this.#received += socket.bytesRead
      this.#sent += socket.bytesWritten
    })
  }

  #shakeHands(socket: Socket): void {
    const places = this.#places.get(socket)
    if (places !== undefined) places.handshake = this.#handshakes.put({ socket, begun: performance.now() })
  }

  /** False: it had left before. */
  #leave(socket: Socket): boolean {
    const places = this.#places.get(socket)
    if (places === undefined) return false
    this.#places.delete(socket)
    this.#open.take(places.open)
    if (places.handshake !== undefined) this.#handshakes.take(places.handshake)
    return true
  }

  /**
   * One that is kept for a next request gives way, else a handshake that takes its time: silence is the cheapest way to
   * keep others out. Those that were let go already count until their end is told.
   */
  #makeRoom(): boolean {
    let open = 0
    let idle: Socket | undefined
    for (const socket of this.#open.values()) {
      if (socket.destroyed) continue
      open++
      idle ??= isBetweenRequests(socket) ? socket : undefined
    }
    if (open < this.#limits.connections) return true
    idle ??= this.#slowHandshake()
    idle?.destroy()
    return idle !== undefined
  }

  #slowHandshake(): Socket | undefined {
    const latest = performance.now() - this.#limits.headersTimeout * slowPart
    let first: Handshake | undefined
    for (const each of this.#handshakes.values()) {
      if (each.begun > latest || each.socket.destroyed) continue
      if (first === undefined || each.begun < first.begun) first = each
    }
    return first?.socket
  }

  #turnAway(socket: Socket): void {
    this.#refused++
    this.#surplus.add(socket)
    const timer = setTimeout(() => socket.destroy(), surplusMs).unref()
    socket.once('close', () => clearTimeout(timer))
  }

  /** A body that comes in drops holds its connection for as long as it likes: the idle time never passes. */
  #endSlow(): void {
    const least = (this.#limits.minBodyRate * this.#limits.idleTimeout) / 1000
    for (const socket of this.#open.values()) {
      const request = currentResponse(socket)?.req
      // Where bytes wait for Lading, the client is not the slow one.
      if (request === undefined || request.complete || request.readableLength > 0) {
        this.#seen.delete(socket)
        continue
      }
      const before = this.#seen.get(socket)
      if (before?.request === request && socket.bytesRead - before.received < least) socket.destroy()
      else this.#seen.set(socket, { request, received: socket.bytesRead })
    }
  }
}
