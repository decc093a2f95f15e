import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diskEvents } from './disk-events.ts'
import { readCalls } from './read-trace.ts'

const hex = (text: string): string => Buffer.from(text).toString('hex').replaceAll(/../g, '\\x$&')
const at = (path: string): string => `<${hex(path)}>`
const text = (content: string): string => `"${hex(content)}"`

/** A trace as strace writes it. */
function read(...lines: string[]): unknown[] {
  return diskEvents(readCalls(`${lines.join('\n')}\n`), '/srv/data')
}

test('calls on files of the folder become events, others none', () => {
  const file = '/srv/data/blobs/00/a'
  assert.deepEqual(
    read(
      `7 openat(AT_FDCWD${at('/home')}, ${text(file)}, O_WRONLY|O_CREAT|O_CLOEXEC, 0600) = 9${at(file)}`,
      `7 openat(AT_FDCWD${at('/srv/data')}, ${text('lock')}, O_RDONLY|O_TRUNC) = 10${at('/srv/data/lock')}`,
      `7 pwrite64(9${at(file)}, ${text('one"two')}, 7, 4096) = 7`,
      `7 pwritev(9${at(file)}, [{iov_base=${text('ab')}, iov_len=2}, {iov_base=${text('cd')}, iov_len=2}], 2, 5) = 3`,
      `7 fchmod(9${at(file)}, 0440) = 0`,
      `7 ftruncate(9${at(file)}, 12) = 0`,
      `7 rename(${text(file)}, ${text('/srv/data/b')}) = 0`,
      `7 unlink(${text('/srv/data/b')}) = 0`,
      `7 mkdir(${text('/srv/data/c')}, 0777) = 0`,
      `7 write(1${at('pipe:[1]')}, ${text('Lading listens')}, 14) = 14`,
      `7 openat(AT_FDCWD${at('/home')}, ${text('/etc/hosts')}, O_RDONLY) = 11${at('/etc/hosts')}`,
      `7 write(12${at('socket:[5]')}, ${text('HTTP/1.1 201')}, 12) = 12`,
    ),
    [
      { do: 'open', path: file, creates: true, empties: false, begun: 0, ended: 0 },
      { do: 'open', path: '/srv/data/lock', creates: false, empties: true, begun: 1, ended: 1 },
      { do: 'write', path: file, at: 4096, bytes: Buffer.from('one"two'), begun: 2, ended: 2 },
      { do: 'write', path: file, at: 5, bytes: Buffer.from('abc'), begun: 3, ended: 3 },
      { do: 'mode', path: file, mode: 0o440, begun: 4, ended: 4 },
      { do: 'truncate', path: file, size: 12, begun: 5, ended: 5 },
      { do: 'rename', path: file, to: '/srv/data/b', begun: 6, ended: 6 },
      { do: 'unlink', path: '/srv/data/b', begun: 7, ended: 7 },
      { do: 'mkdir', path: '/srv/data/c', begun: 8, ended: 8 },
      { do: 'answer', bytes: Buffer.from('HTTP/1.1 201'), begun: 11, ended: 11 },
    ],
  )
})

test('a call that others interrupt has a beginning and an end, and an answer counts from its first byte', () => {
  const file = '/srv/data/a'
  assert.deepEqual(
    read(
      `7 fsync(9${at(file)} <unfinished ...>`,
      `8 write(12${at('socket:[5]')}, ${text('yes')}, 3 <unfinished ...>`,
      '7 <... fsync resumed>)                   = 0',
      `7 fdatasync(9${at(file)})                = 0`,
      '8 <... write resumed>)                   = 3',
      '8 +++ exited with 0 +++',
    ),
    [
      { do: 'answer', bytes: Buffer.from('yes'), begun: 1, ended: 4 },
      { do: 'sync', path: file, begun: 0, ended: 2 },
      { do: 'sync', path: file, begun: 3, ended: 3 },
    ],
  )
})

test('a thread that ended on its way into a call has done nothing', () => {
  const file = '/srv/data/a'
  assert.deepEqual(
    read(
      '4409  ???( <unfinished ...>',
      `4408  fsync(9${at(file)})                = 0`,
      '4409  <... ??? resumed>)                  = ?',
      '4409  +++ exited with 0 +++',
    ),
    [{ do: 'sync', path: file, begun: 1, ended: 1 }],
  )
  assert.throws(() => read('4409  ???(9) = 0'), /line 1 of the trace is not understood/)
})

test('a write without an offset goes behind the one before, or behind all that is there', () => {
  const [a, b] = ['/srv/data/a', '/srv/data/b']
  const open = { creates: true, empties: false }
  assert.deepEqual(
    read(
      `7 openat(AT_FDCWD${at('/')}, ${text(a)}, O_WRONLY|O_CREAT, 0600) = 9${at(a)}`,
      `7 write(9${at(a)}, ${text('one')}, 3) = 3`,
      `7 write(9${at(a)}, ${text('two')}, 3) = 3`,
      `7 openat(AT_FDCWD${at('/')}, ${text(b)}, O_WRONLY|O_CREAT|O_APPEND, 0600) = 9${at(b)}`,
      `7 write(9${at(b)}, ${text('three')}, 5) = 5`,
    ),
    [
      { do: 'open', path: a, ...open, begun: 0, ended: 0 },
      { do: 'write', path: a, at: 0, bytes: Buffer.from('one'), begun: 1, ended: 1 },
      { do: 'write', path: a, at: 3, bytes: Buffer.from('two'), begun: 2, ended: 2 },
      { do: 'open', path: b, ...open, begun: 3, ended: 3 },
      { do: 'append', path: b, bytes: Buffer.from('three'), begun: 4, ended: 4 },
    ],
  )
})

test('what failed, or reached a deleted file or a socket, is no event', () => {
  assert.deepEqual(
    read(
      `7 unlink(${text('/srv/data/a')}) = -1 ENOENT (No such file or directory)`,
      `7 pwrite64(9${at('/srv/data/a')}(deleted), ${text('x')}, 1, 0) = 1`,
      `7 fsync(9${at('/srv/data/a')}) = ?`,
      `7 chmod(${text('/srv/data/admin.sock')}, 0600) = 0`,
    ),
    [],
  )
})

test('what is not understood is refused: a gap in the trace would pass for a sound run', () => {
  assert.throws(() => read('7 fsync(9'), /line 1 of the trace is not understood/)
  assert.throws(() => read('7 <... fsync resumed>) = 0'), /not understood/)
  assert.throws(
    () => read(`7 write(9${at('/srv/data/a')}, ${text('x')}, 1) = 1`),
    /where it goes is not known/,
  )
  assert.throws(
    () => read(`7 pwrite64(9${at('/srv/data/a')}, ${text('x')}..., 9, 0) = 9`),
    /leaves bytes out/,
  )
  assert.throws(
    () => read(`7 link(${text('/srv/data/a')}, ${text('/srv/data/b')}) = 0`),
    /link of .* is not understood/,
  )
  assert.throws(() => read(`7 rename(${text('/home/a')}, ${text('/srv/data/b')}) = 0`), /from outside/)
})
