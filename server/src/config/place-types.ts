import { resolve } from 'node:path'
import type { ListenAddress } from './config.ts'
import { type SettingType, shownPlace } from './setting-type.ts'

const maxHostLength = 253
const maxPathLength = 4096
const maxPort = 65_535

/** `host:port`. The host is always said, since "all addresses" should never come from something left out. */
export const listenAddress: SettingType<ListenAddress> = {
  wanted: 'host:port, such as 127.0.0.1:7070 or [::1]:7070 (port 0 takes any free one)',
  read(raw, { complain }) {
    const wants = `wants ${listenAddress.wanted}, not ${shownPlace(raw)}`
    if (typeof raw === 'number') return complain(`${wants}: the host is missing`)
    if (typeof raw !== 'string') return complain(wants)
    const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(raw.trim())
    if (match === null) return complain(`${wants}${whatIsMissing(raw.trim())}`)
    const host = match[1] ?? match[2] ?? ''
    const port = Number(match[3])
    if (port > maxPort) return complain(`names the port ${port}; the highest is ${maxPort}`)
    if (host.length > maxHostLength) return complain(wants)
    if (match[1] !== undefined && !URL.canParse(`http://[${host}]/`)) {
      return complain(`${wants}: that is no IPv6 address`)
    }
    return Object.freeze({ host, port })
  },
  write: writeAddress,
}

function writeAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function whatIsMissing(text: string): string {
  if (/^:?\d+$/.test(text)) return ': the host is missing; 0.0.0.0 is every address of this machine'
  if (/^\[[^\]]*\]$|^[^:]+$/.test(text)) return ': the port is missing'
  if (/^[a-z]+:\/\//.test(text)) return ': leave out the scheme'
  return ''
}

/** A file's or folder's path, made absolute. */
export const path: SettingType<string> = {
  wanted: 'a path, such as ./lading-data or /var/lib/lading',
  read(raw, { base, complain }) {
    const fits = typeof raw === 'string' && raw !== '' && raw.length <= maxPathLength && !raw.includes('\0')
    return fits ? resolve(base, raw) : complain(`wants ${path.wanted}, not ${shownPlace(raw)}`)
  },
  write: (value) => value,
}

export const webAddress: SettingType<string> = {
  wanted: 'an http or https URL without a path, such as https://registry.example.com',
  read(raw, { complain }) {
    const url = typeof raw === 'string' ? URL.parse(raw.trim()) : null
    const fits =
      url !== null &&
      (url.protocol === 'https:' || url.protocol === 'http:') &&
      url.href === `${url.origin}/` &&
      url.hostname !== ''
    return fits ? url.origin : complain(`wants ${webAddress.wanted}, not ${shownPlace(raw)}`)
  },
  write: (value) => value,
}

/** RFC 1123 section 2.1, with a dot or without. */
const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

export const hostNames: SettingType<readonly string[]> = {
  wanted: 'a list of names without a port, such as [registry.example.com]',
  read(raw, { complain }) {
    const names = typeof raw === 'string' ? raw.split(',').map((name) => name.trim()) : raw
    if (!Array.isArray(names)) return complain(`wants ${hostNames.wanted}, not ${shownPlace(raw)}`)
    const read: string[] = []
    for (const [index, name] of names.entries()) {
      if (typeof name === 'string' && hostName.test(name)) read.push(name.toLowerCase())
      else
        complain(`wants a name without a port, such as registry.example.com, not ${shownPlace(name)}`, [
          index,
        ])
    }
    return Object.freeze([...new Set(read)])
  },
  write: (value) => value,
}

/** Only this machine can reach it. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^::ffff:/, '')
  return plain === 'localhost' || plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain)
}
