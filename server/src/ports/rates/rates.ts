import type { Rate, Taken } from '../../domain/rate.ts'

/**
 * Buckets of tokens by name, for who shares them: the threads of a process, or all processes. A bucket that nobody has taken
 * from for its period is full, and takes no room.
 */
export interface Rates {
  /**
   * Takes `cost` tokens, 1 where nothing is said, all or none. Of 0 it looks whether there is one; below 0 it gives back what was
   * taken. However many take at once, no more than there are get one. At once where no other process is asked.
   * @throws RatesError by its promise
   */
  take(key: string, rate: Rate, cost?: number): Taken | Promise<Taken>
  /** What is taken from then on may fail. */
  close(): Promise<void>
}
