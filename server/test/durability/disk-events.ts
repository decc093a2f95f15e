import { type Call, unescaped } from './read-trace.ts'

/** What a call did to files below the traced folder, or said on a socket. Lines of the trace say when. */
export type DiskEvent = { readonly begun: number; readonly ended: number } & (
  | { readonly do: 'open'; readonly path: string; readonly creates: boolean; readonly empties: boolean }
  | { readonly do: 'write'; readonly path: string; readonly at: number; readonly bytes: Buffer }
  /** Behind what is there. */
  | { readonly do: 'append'; readonly path: string; readonly bytes: Buffer }
  | { readonly do: 'truncate'; readonly path: string; readonly size: number }
  | { readonly do: 'sync'; readonly path: string }
  | { readonly do: 'rename'; readonly path: string; readonly to: string }
  | { readonly do: 'unlink'; readonly path: string }
  | { readonly do: 'mkdir'; readonly path: string }
  | { readonly do: 'mode'; readonly path: string; readonly mode: number }
  | { readonly do: 'answer'; readonly bytes: Buffer }
)

/** An event without its time. */
export type Deed = DiskEvent extends infer E
  ? E extends unknown
    ? Omit<E, 'begun' | 'ended'>
    : never
  : never

/**
 * The events of a trace below `folder`, in the order in which they were over; an answer counts from its first byte.
 * @throws on a call that changes a file there in a way that is not known here
 */
export function diskEvents(calls: readonly Call[], folder: string): DiskEvent[] {
  const events: DiskEvent[] = []
  const opened: Opened = new Map()
  for (const call of calls) {
    if (call.result < 0) continue
    const what = eventOf(call, folder, opened)
    if (what !== undefined) events.push({ ...what, begun: call.begun, ended: call.ended } as DiskEvent)
  }
  const moment = (event: DiskEvent): number => (event.do === 'answer' ? event.begun : event.ended)
  return events.sort((a, b) => moment(a) - moment(b))
}

/** Holds nothing, and is of no use to another process. */
const socket = /\.sock$/

/** By descriptor: where a write without an offset goes. */
type Opened = Map<number, { position: number; readonly appends: boolean }>

/** The first bytes of a call's descriptor or path argument that matters; what lies elsewhere is none of ours. */
function eventOf({ name, args, result }: Call, folder: string, opened: Opened): Deed | undefined {
  const isOurs = (path: string | undefined): path is string =>
    path !== undefined && (path === folder || path.startsWith(`${folder}/`)) && !socket.test(path)
  const [path, second] = pathsOf(name, args)
  const numbers = numbersOf(args)
  if (name === 'write' || name === 'writev' || name === 'sendto' || name === 'sendmsg') {
    if (path?.startsWith('socket:') === true) return { do: 'answer', bytes: writtenBytes(args, result) }
    return isOurs(path) ? writeBehind(opened, path, args, result) : undefined
  }
  if (!isOurs(path)) {
    if (isOurs(second)) throw new Error(`${name} brings ${second} from outside`)
    return undefined
  }
  switch (name) {
    case 'open':
    case 'openat':
      opened.set(result, { position: 0, appends: args.includes('O_APPEND') })
      return { do: 'open', path, creates: args.includes('O_CREAT'), empties: args.includes('O_TRUNC') }
    case 'pwrite64':
    case 'pwritev': {
      const at = numbers.at(-1)
      if (at === undefined) throw new Error(`${name} of ${path}: no offset`)
      return { do: 'write', path, at, bytes: writtenBytes(args, result) }
    }
    case 'fsync':
    case 'fdatasync':
      return { do: 'sync', path }
    case 'truncate':
    case 'ftruncate':
      return { do: 'truncate', path, size: numbers.at(-1) ?? 0 }
    case 'rename':
    case 'renameat':
    case 'renameat2':
      if (!isOurs(second)) throw new Error(`${name} takes ${path} away`)
      return { do: 'rename', path, to: second }
    case 'unlink':
    case 'unlinkat':
      return { do: 'unlink', path }
    case 'mkdir':
    case 'mkdirat':
      return { do: 'mkdir', path }
    case 'chmod':
    case 'fchmod':
    case 'fchmodat':
      return { do: 'mode', path, mode: Number.parseInt(/, 0?([0-7]{3,4})(?:,|$)/.exec(args)?.[1] ?? '', 8) }
    default:
      throw new Error(`${name} of ${path} is not understood`)
  }
}

/** @throws where the trace does not tell where the bytes go */
function writeBehind(opened: Opened, path: string, args: string, result: number): Deed {
  const file = opened.get(Number.parseInt(args, 10))
  if (file === undefined) throw new Error(`a write of ${path}: where it goes is not known`)
  const bytes = writtenBytes(args, result)
  if (file.appends) return { do: 'append', path, bytes }
  const at = file.position
  file.position += result
  return { do: 'write', path, at, bytes }
}

/** Of a deleted file nothing remains to be told. */
const descriptor = /^(?:\d+|AT_FDCWD)<([^>]*)>(?!\(deleted\))/
const quotedText = /"((?:\\x[0-9a-f]{2})*)"/g

/** Paths that the call names, whole: by descriptor, or by text after the folder that it starts from. */
function pathsOf(name: string, args: string): (string | undefined)[] {
  const base = descriptor.exec(args)
  const known = base?.[1] === undefined ? undefined : unescaped(base[1]).toString()
  const takesPath = /^(?:open|creat|rename|unlink|link|symlink|mkdir|rmdir|truncate|chmod|fchmodat)/.test(
    name,
  )
  if (!takesPath) return [known]
  const texts = [...args.matchAll(quotedText)].map(([, text = '']) => unescaped(text).toString())
  return texts.map((text) => (text.startsWith('/') ? text : `${known ?? ''}/${text}`))
}

/** Plain numbers among the arguments, after the last text. */
function numbersOf(args: string): number[] {
  const rest = args.slice(Math.max(args.lastIndexOf('"'), args.lastIndexOf('>'), args.lastIndexOf(']')) + 1)
  return [...rest.matchAll(/, (\d+)(?=,|$)/g)].map(([, number]) => Number(number))
}

/** Of one buffer or of several, as many as were taken. @throws where the trace left some out */
function writtenBytes(args: string, taken: number): Buffer {
  const parts: Buffer[] = []
  let from = args.indexOf('"')
  while (from >= 0) {
    const to = args.indexOf('"', from + 1)
    parts.push(unescaped(args.slice(from + 1, to)))
    if (args.startsWith('...', to + 1)) throw new Error('the trace leaves bytes out')
    from = args.indexOf('"', to + 1)
  }
  const bytes = Buffer.concat(parts)
  if (bytes.length < taken) throw new Error(`${taken} bytes were written, and the trace has ${bytes.length}`)
  return bytes.subarray(0, taken)
}
