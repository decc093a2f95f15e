import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ImageFacts, Workshop } from './container-workshop.ts'
import { type Finished, runProgram } from './run-program.ts'

/** An image without a container around it: its root, its user and its environment, and one folder to write to. */
export interface EnteredImage {
  /** Runs a program of the image to its end, and answers whatever its exit code is. */
  run(...command: string[]): Promise<Finished>
  /** As `docker run -d image …`: the image's entry point with these arguments, or with its own. */
  start(...args: string[]): EnteredProcess
  /** As `docker run image …`. */
  command(...args: string[]): Promise<Finished>
}

export interface EnteredProcess extends AsyncDisposable {
  readonly pid: number
  printed(): string
  /** Answers the match; throws where the process ends before it is printed, or a minute has gone. */
  saying(what: RegExp): Promise<RegExpExecArray>
  /** Sends SIGTERM, and answers the exit code. */
  stop(): Promise<number | null>
}

/**
 * In a mount namespace of the process's own: the image's root, which is read-only, with the data folder in it, and what
 * engines give to containers; then its user, who has no right beyond. The arguments end with podman, `--`, the
 * environment and the command. Without --norc bash takes its input, which Node makes a socket, for a remote login's.
 */
const enter = `
set -e
image=$1; data=$2; user=$3; folder=$4; shift 4
podman=()
while [ "$1" != -- ]; do podman+=("$1"); shift; done
shift
root=$("\${podman[@]}" image mount "$image")
mount --bind "$root" "$root"
mount --bind "$data" "$root/data"
for each in proc dev; do mount --rbind "/$each" "$root/$each"; done
mount -o remount,ro,bind "$root"
cd "$root"
exec setpriv --no-new-privs chroot --userspec="$user" --groups= . /usr/bin/env -i -C "$folder" "$@"
`

const startMs = 60_000

export function enterImage(
  workshop: Workshop,
  { Id, Config }: ImageFacts,
  data: string,
  environment: Readonly<Record<string, string>> = {},
): EnteredImage {
  const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const argsFor = (command: readonly string[]): string[] => [
    ...['-m', 'bash', '--norc', '-c', enter, 'enter', Id, data, Config.User, Config.WorkingDir],
    ...[...workshop.command, '--', ...Config.Env, ...given, ...command],
  ]
  const { PATH = '' } = process.env
  const env = { PATH, TMPDIR: workshop.path, XDG_RUNTIME_DIR: workshop.path }
  const run = (...command: string[]): Promise<Finished> =>
    runProgram('unshare', argsFor(command), { cwd: workshop.path, env })
  return {
    run,
    command: (...args) => run(...Config.Entrypoint, ...args),
    start(...args) {
      const command = [...Config.Entrypoint, ...(args.length > 0 ? args : Config.Cmd)]
      return follow(spawn('unshare', argsFor(command), { env, stdio: ['ignore', 'pipe', 'pipe'] }))
    },
  }
}

function follow(child: ChildProcess): EnteredProcess {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      child.emit('printed')
    })
  }
  const ended = once(child, 'close') as Promise<[number | null]>
  ended.catch(() => undefined)
  // A test process that dies takes what it entered along.
  const kill = (): void => void child.kill('SIGKILL')
  process.on('exit', kill)
  return {
    pid: child.pid ?? 0,
    printed: () => text,
    async saying(what) {
      const late = AbortSignal.timeout(startMs)
      for (;;) {
        const found = what.exec(text)
        if (found !== null) return found
        const more = await Promise.race([once(child, 'printed', { signal: late }), ended.then(() => 'ended')])
        if (more === 'ended' && !what.test(text)) throw new Error(`it ended without ${what}:\n${text}`)
      }
    },
    async stop() {
      child.kill('SIGTERM')
      return (await ended)[0]
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', kill)
      if (child.exitCode !== null || child.signalCode !== null) return
      kill()
      await ended
    },
  }
}
