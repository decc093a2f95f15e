import { processInput } from '../config/process-input.ts'
import { exitCodes } from './command.ts'
import { shownText } from './shown-text.ts'
import type { Screen, World } from './world.ts'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Where the terminal does not say how wide it is. */
const usualColumns = 80

const screen: Screen = {
  get columns() {
    return process.stderr.columns || usualColumns
  },
}

/** The world of this process itself. */
export function processWorld(): World {
  process.stdout.on('error', endUnheard)
  const input = processInput()
  return {
    input,
    ...(process.stderr.isTTY && input.env['TERM'] !== 'dumb' ? { screen } : {}),
    stdin: process.stdin,
    out: (text) => void process.stdout.write(`${shownText(text)}\n`),
    err: (text) => void process.stderr.write(`${shownText(text)}\n`),
    ask: (text) => void process.stderr.write(text),
    onStop,
    exit: (code) => process.exit(code),
    now: () => performance.now(),
  }
}

function onStop(listener: (reason: string) => void): () => void {
  const left = (): void => listener('the end of the process that started it')
  for (const signal of stopSignals) process.on(signal, listener)
  // bin/lading.js holds the other end. When it is killed no signal comes, and a server that nobody knows of
  // would keep the port and the data folder.
  process.on('disconnect', left)
  process.channel?.unref()
  return () => {
    for (const signal of stopSignals) process.off(signal, listener)
    process.off('disconnect', left)
  }
}

/** Ends the process. As with `lading config | head -1`, what is left may have no reader; else somebody lacks it. */
export function endUnheard(error: Error & { readonly code?: string }): never {
  if (error.code === 'EPIPE') process.exit(exitCodes.done)
  process.stderr.write(`lading: what it says cannot be written: ${error.message}\n`)
  process.exit(exitCodes.failed)
}
