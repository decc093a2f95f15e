/** One system call of a trace. `begun` and `ended` count lines: where `a.ended < b.begun`, a was over before b began. */
export interface Call {
  readonly name: string
  /** As printed, all strings in hex. */
  readonly args: string
  /** 0 or more: it was done. */
  readonly result: number
  readonly begun: number
  readonly ended: number
}

/** What the server is traced with: all that changes files, and what may carry an answer. */
export const tracedCalls: readonly string[] = [
  ...['open', 'openat', 'openat2', 'creat'],
  ...['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'sendto', 'sendmsg'],
  ...['fsync', 'fdatasync', 'ftruncate', 'truncate', 'fallocate', 'copy_file_range', 'sendfile'],
  ...['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'link', 'linkat', 'symlink', 'symlinkat'],
  ...['mkdir', 'mkdirat', 'rmdir', 'chmod', 'fchmod', 'fchmodat', 'fchmodat2'],
]

const whole = /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/s
const unfinished = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/s
const resumed = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/s
/** A thread that the end of its process took on its way into a call: not even the call's name could be read. */
const neverBegun = /^\d+ +(?:\?+\( <unfinished \.\.\.>|(?:\?+\(|<\.\.\. \?+ resumed>)\) += \?)$/
const other = /^\d+ +(?:\+\+\+|---) /

/** The finished calls of what `strace -f -y -xx` wrote, in the order of their ends. @throws on a line that is no call */
export function readCalls(text: string): Call[] {
  const begun = new Map<string, { readonly name: string; readonly args: string; readonly at: number }>()
  const calls: Call[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '' || other.test(line) || neverBegun.test(line)) continue
    const start = unfinished.exec(line)
    if (start !== null) {
      const [, thread = '', name = '', args = ''] = start
      begun.set(thread, { name, args, at })
      continue
    }
    const end = resumed.exec(line)
    const both = end === null ? whole.exec(line) : null
    const [, thread = '', name = '', args = '', result = ''] = end ?? both ?? []
    const from = end === null ? undefined : begun.get(thread)
    if ((end === null && both === null) || (end !== null && from?.name !== name)) {
      throw new Error(`line ${at + 1} of the trace is not understood: ${line.slice(0, 200)}`)
    }
    begun.delete(thread)
    calls.push({
      name,
      args: `${from?.args ?? ''}${args}`,
      result: result === '?' ? -1 : Number(result),
      begun: from?.at ?? at,
      ended: at,
    })
  }
  return calls
}

/** Of `\x61\x62`. */
export function unescaped(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex')
}
