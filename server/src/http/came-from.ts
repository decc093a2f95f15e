import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { AddressRanges } from '../domain/address-ranges.ts'

/** Whose word on where a request comes from is taken, and in which header they say it. */
export interface TrustedProxies {
  readonly addresses: AddressRanges
  readonly header: 'x-forwarded' | 'forwarded'
}

/** Where a request comes from, and what it was asked for there. */
export interface CameFrom {
  /** undefined: the connection has ended already. */
  readonly address: string | undefined
  /** As the client has named it, with its port; undefined: it did not. */
  readonly host: string | undefined
  /** undefined: a trusted proxy did not say. */
  readonly scheme: 'http' | 'https' | undefined
  /** A trusted proxy has brought it. */
  readonly isBrought: boolean
}

/** What one proxy says of whom it was asked by. */
interface Hop {
  /** No address: it does not want to tell, or it is none. */
  readonly address: string | undefined
  readonly host: string | undefined
  readonly scheme: string | undefined
}

/**
 * From the connection inwards: each proxy puts down at the end of a list by whom it was asked, so what stands before the first
 * that is no trusted proxy was written by the client, who may write anything.
 */
export function cameFrom(request: IncomingMessage, proxies: TrustedProxies | undefined): CameFrom {
  const { remoteAddress } = request.socket
  const { host } = request.headers
  if (proxies === undefined || remoteAddress === undefined || !proxies.addresses.has(remoteAddress)) {
    const isSecure = (request.socket as Partial<TLSSocket>).encrypted === true
    return { address: remoteAddress, host, scheme: isSecure ? 'https' : 'http', isBrought: false }
  }
  const hops = proxies.header === 'forwarded' ? forwardedHops(request) : xForwardedHops(request)
  let address = remoteAddress
  let last: Hop | undefined
  for (let at = hops.length - 1; at >= 0 && proxies.addresses.has(address); at--) {
    last = hops[at]
    // Whoever it is, it was not told: the proxy that keeps it to itself stands for them.
    if (last?.address === undefined) break
    address = last.address
  }
  const told = proxies.header === 'forwarded' ? last : nearestTold(request)
  return {
    address,
    host: wellFormed(told?.host) ?? host,
    scheme: schemeOf(told?.scheme),
    isBrought: true,
  }
}

function xForwardedHops(request: IncomingMessage): readonly Hop[] {
  return listOf(request, 'x-forwarded-for').map((text) => ({
    address: addressIn(text),
    host: undefined,
    scheme: undefined,
  }))
}

/** These headers name no hop: the last value is that of the nearest proxy, whatever stands before it. */
function nearestTold(request: IncomingMessage): Hop {
  return {
    address: undefined,
    host: listOf(request, 'x-forwarded-host').at(-1),
    scheme: listOf(request, 'x-forwarded-proto').at(-1),
  }
}

function listOf(request: IncomingMessage, name: string): readonly string[] {
  const value = request.headers[name]
  const text = typeof value === 'string' ? value : (value?.join(',') ?? '')
  return text === '' ? [] : text.split(',').map((item) => item.trim())
}

/** RFC 7239, section 4: `for=192.0.2.43;proto=https, for="[2001:db8::1]:4711"`. */
function forwardedHops(request: IncomingMessage): readonly Hop[] {
  return splitOutsideQuotes(listOf(request, 'forwarded').join(','), ',').map((element) => {
    const pairs = new Map<string, string>()
    for (const pair of splitOutsideQuotes(element, ';')) {
      const at = pair.indexOf('=')
      if (at === -1) continue
      pairs.set(pair.slice(0, at).trim().toLowerCase(), unquoted(pair.slice(at + 1).trim()))
    }
    return {
      address: addressIn(pairs.get('for') ?? ''),
      host: pairs.get('host'),
      scheme: pairs.get('proto'),
    }
  })
}

function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let begun = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (isQuoted && char === '\\') at++
    else if (char === '"') isQuoted = !isQuoted
    else if (char === separator && !isQuoted) {
      parts.push(text.slice(begun, at))
      begun = at + 1
    }
  }
  parts.push(text.slice(begun))
  return parts
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text
}

const bracketed = /^\[([0-9a-f:.]{2,45})\](?::\d{1,5})?$/i
const withPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/
const plain = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i
const longest = 64

/** With its port or without. */
function addressIn(text: string): string | undefined {
  if (text.length > longest) return undefined
  return bracketed.exec(text)?.[1] ?? withPort.exec(text)?.[1] ?? (plain.test(text) ? text : undefined)
}

const hostForm = /^(?:[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

const wellFormed = (host: string | undefined): string | undefined =>
  host !== undefined && hostForm.test(host) ? host : undefined

function schemeOf(text: string | undefined): CameFrom['scheme'] {
  const scheme = text?.toLowerCase()
  return scheme === 'http' || scheme === 'https' ? scheme : undefined
}
